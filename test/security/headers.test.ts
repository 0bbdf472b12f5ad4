import t from 'tap';
import { oneRequest, openLab } from '../lab.ts';
import { CHAT } from './asked-upstream.ts';

t.test('headers of the connection and those that it names do not go up', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  const headers = [
    'connection: close, X-Named, x-also-named',
    'x-named: 1',
    'X-Also-Named: 1',
    'keep-alive: timeout=9',
    'te: trailers',
    'trailer: x',
    'upgrade: h2c',
    'proxy-connection: keep-alive',
    'http2-settings: x',
    'forwarded: for=1.2.3.4',
    'x-forwarded-for: 1.2.3.4',
    'x-real-ip: 1.2.3.4',
    'origin: http://localhost:1',
    'referer: http://localhost:1/page',
    'sec-fetch-site: cross-site',
    'x-end-to-end: yes',
    'content-type: application/json',
  ];
  t.equal((await oneRequest(switchyard.url, 'POST /v1/chat/completions', headers, CHAT)).status, 200);
  t.equal((await oneRequest(switchyard.url, 'GET /v1/files', headers)).status, 200);
  const theirs = upstream.requests.filter(({ path }) => path !== '/v1/models');
  t.equal(theirs.length, 2);
  for (const { headers: up, path } of theirs) {
    t.equal(up['x-end-to-end'], 'yes', path);
    t.equal(up.host, new URL(upstream.url).host, path);
    const named = [
      'x-named',
      'x-also-named',
      'keep-alive',
      'te',
      'trailer',
      'upgrade',
      'proxy-connection',
      'http2-settings',
      'forwarded',
      'x-forwarded-for',
      'x-real-ip',
      'origin',
      'referer',
      'sec-fetch-site',
    ];
    t.same(
      named.filter((name) => up[name] !== undefined),
      [],
      path,
    );
  }
});

t.test('headers of the connection and those that it names do not come down', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  upstream.behave('hop-by-hop');
  upstream.behaveWhen(({ path }) => path === '/v1/files', 'hop-by-hop');
  const answers = [
    await switchyard.chat(),
    await switchyard.chat({ stream: true }),
    await switchyard.ask('/v1/files'),
  ];
  for (const { status, headers } of answers) {
    t.equal(status, 200);
    t.ok(headers['x-end-to-end']);
    t.same(
      ['x-hop-named', 'proxy-authenticate', 'proxy-connection', 'te', 'trailer', 'upgrade'].filter(
        (name) => headers[name] !== undefined,
      ),
      [],
    );
    t.notMatch(headers['connection'] ?? '', 'x-hop-named');
  }
});

t.test("an upstream's cookies, CORS headers and marks of its site do not come down", async (t) => {
  const { switchyard, upstream } = await openLab(t);
  const headers = {
    'set-cookie': ['a=1; Path=/', 'b=2'],
    'access-control-allow-origin': '*',
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'x',
    'strict-transport-security': 'max-age=1',
    'alt-svc': 'h3=":443"',
    server: 'theirs',
    via: '1.1 theirs',
    'x-switchyard-provider': 'theirs',
    'x-kept': 'yes',
  };
  const body = { error: { message: 'no', type: 'invalid_request_error', code: 'no', param: null } };
  upstream.behave('status-400', { headers, body } as never);
  upstream.behaveWhen(({ path }) => path === '/v1/files', 'status-400', { headers, body } as never);
  for (const ask of [
    () => switchyard.chat(),
    () => switchyard.ask('/v1/files'),
    () => switchyard.chat({}, { headers: { origin: 'http://localhost:3000' } }),
  ]) {
    const answer = await ask();
    t.equal(answer.status, 400);
    t.equal(answer.headers['x-kept'], 'yes');
    t.equal(answer.headers['x-switchyard-provider'], 'lab');
    t.same(
      [
        'set-cookie',
        'access-control-allow-credentials',
        'strict-transport-security',
        'alt-svc',
        'server',
        'via',
      ].filter((name) => answer.headers[name] !== undefined),
      [],
    );
    t.not(answer.headers['access-control-allow-origin'], '*');
  }
});

t.test('an answer that a browser would show as our page gets a sandbox', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  upstream.behaveWhen(({ path }) => path.startsWith('/v1/pages'), 'html');
  const page = await switchyard.ask('/v1/pages/1');
  t.match(page.headers['content-type'], 'text/html');
  t.equal(page.headers['content-security-policy'], 'sandbox');
  t.equal(page.headers['x-content-type-options'], 'nosniff');
});

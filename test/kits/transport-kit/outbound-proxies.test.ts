import { setDefaultCACertificates, getCACertificates } from 'node:tls';
import t, { type Test } from 'tap';
import { Proxies } from '../../../kits/transport-kit/outbound-proxies.ts';
import { run } from '../../command/run.ts';
import { freePort } from '../../command.ts';
import { startSwitchyard } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';
import { startUpstream, type UpstreamOptions } from '../../upstream/upstream.ts';
import { forwardProxy } from './forward-proxy.ts';

const HOST = 'api.example.test';
const ALL = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'];
/** Whatever stands in the environment of this test. */
const NONE = Object.fromEntries(ALL.flatMap((name) => [name, name.toUpperCase()]).map((name) => [name, '']));

async function upstream(t: Test, options: UpstreamOptions = {}) {
  const started = await startUpstream({ interval: 0, ...options });
  t.teardown(() => started.close());
  return started;
}

const provider = (baseUrl: string, more = {}) => ({
  use: 'openai-compatible',
  baseUrl,
  models: { m: 'm1' },
  ...more,
});

const switchyard = (
  t: Test,
  baseUrl: string,
  env: Record<string, string>,
  more: Record<string, unknown> = {},
) =>
  startSwitchyard(
    t,
    {
      home: testFolder(t, {}),
      retry: { again: 0 },
      providers: { far: provider(baseUrl, { apiKey: 'upstream-key' }) },
      ...more,
    },
    { env },
  );

t.test('the proxy of an origin', async (t) => {
  const env = {
    HTTPS_PROXY: 'http://me:pass@secure:1',
    http_proxy: 'plain:2',
    HTTP_PROXY: 'http://not-this-one:3',
  };
  const through = (origin: string, given: Record<string, string> = {}) =>
    new Proxies({ ...env, ...given }).for(origin);
  t.match(through('https://a.example'), {
    uri: 'http://me:pass@secure:1',
    name: 'http://***@secure:1',
    variable: 'HTTPS_PROXY',
  });
  t.match(
    through('http://a.example'),
    { uri: 'http://plain:2', variable: 'http_proxy' },
    'small letters first',
  );
  t.equal(new Proxies({}).for('https://a.example'), undefined);
  t.match(new Proxies({ ALL_PROXY: 'socks5h://all:4' }).for('https://a.example'), { uri: 'socks5://all:4' });
  t.match(new Proxies({ all_proxy: 'all:4', HTTPS_PROXY: '' }).for('https://a.example'), {
    uri: 'http://all:4',
  });
  t.equal(
    new Proxies({ HTTP_PROXY: 'plain:2' }).for('https://a.example'),
    undefined,
    'each scheme has its own',
  );

  const here = [
    'localhost',
    'a.localhost',
    '127.0.0.1',
    '127.9.9.9',
    '127.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '0.0.0.0',
    '[::]',
    'LOCALHOST.',
  ];
  for (const name of here)
    for (const scheme of ['http', 'https']) t.equal(through(`${scheme}://${name}:8080`), undefined, name);

  const NO_PROXY =
    'One.example, .two.example *.three.example,four.example:8443 10.0.0.0/8,[fd00::]/8,192.168.1.7,[fe80::1]:444,fd99::2';
  const reach = (origin: string) => through(origin, { NO_PROXY }) === undefined;
  const directly = [
    'one.example',
    'a.one.example',
    'a.b.ONE.example',
    'one.example.',
    'two.example',
    'a.two.example',
    'a.three.example',
    'four.example:8443',
    '10.1.2.3',
    '192.168.1.7',
    '[fe80::1]:444',
    '[fd99::2]',
  ];
  for (const name of directly) t.ok(reach(`https://${name}`), name);
  const not = [
    'notone.example',
    'one.example.com',
    'three.example',
    'four.example',
    '11.1.2.3',
    '192.168.1.8',
    '[fe80::1]',
    '10.example',
  ];
  for (const name of not) t.notOk(reach(`https://${name}`), name);
  t.equal(through('https://a.example', { no_proxy: '*' }), undefined);
  t.equal(through('https://a.example', { no_proxy: 'none.example, *' }), undefined);
  t.equal(
    through('https://a.example', { no_proxy: 'a.example:443' }),
    undefined,
    'the port need not be written',
  );
  t.ok(through('https://a.example', { no_proxy: 'a.example:80' }));

  for (const wrong of ['http://', 'ftp://proxy:1', 'socks4://proxy:1', 'http://me:pass@ho st'])
    t.throws(
      () => new Proxies({ HTTPS_PROXY: wrong }),
      { code: 'config_invalid', message: /^HTTPS_PROXY is '/ },
      wrong,
    );
  t.throws(() => new Proxies({ HTTPS_PROXY: 'ftp://me:secret@proxy' }), { message: /^(?!.*secret)/ });
});

t.test('plain http goes through the proxy, on every path', async (t) => {
  const far = await upstream(t);
  const proxy = await forwardProxy(t, far);
  const url = `http://me:p%40ss@${new URL(proxy.url).host}`;
  const { chat, ask } = await switchyard(t, `http://${HOST}/v1`, { http_proxy: url });
  for (let turn = 0; turn < 2; turn++) {
    t.match(await chat(), { status: 200, headers: { 'x-switchyard-provider': 'far' } });
    t.match((await chat({ stream: true })).events.at(-1), '[DONE]');
  }
  t.equal((await ask('/v1/files')).status, 200);
  t.same(proxy.asked, [
    ...Array(4).fill(`POST http://${HOST}/v1/chat/completions`),
    `GET http://${HOST}/v1/files`,
  ]);
  t.same([...new Set(proxy.credentials)], [`Basic ${Buffer.from('me:p@ss').toString('base64')}`]);
  for (const { headers } of far.requests) {
    t.equal(headers.host, HOST);
    t.equal(headers.authorization, 'Bearer upstream-key');
    t.equal(headers['proxy-authorization'], undefined);
  }
});

t.test('https goes through a tunnel, and the certificate is still verified', async (t) => {
  const far = await upstream(t, { tls: HOST });
  const proxy = await forwardProxy(t, far);
  const { chat } = await switchyard(t, `https://${HOST}/v1`, { HTTPS_PROXY: proxy.url });
  const distrusted = await chat();
  t.match(distrusted.json(), { error: { code: 'upstream_refused', message: /certificate is not trusted/ } });
  t.equal(far.posts.length, 0);
  const known = getCACertificates('default');
  setDefaultCACertificates([...known, far.ca]);
  t.teardown(() => setDefaultCACertificates(known));
  const trusting = await switchyard(t, `https://${HOST}/v1`, { HTTPS_PROXY: proxy.url });
  t.equal((await trusting.chat()).status, 200);
  t.match((await trusting.chat({ stream: true })).events.at(-1), '[DONE]');
  t.equal((await trusting.ask('/v1/files')).status, 200);
  t.same(new Set(proxy.asked), new Set([`CONNECT ${HOST}:443`]));
  t.equal(far.connections.open, 2, 'a tunnel is used again');
});

t.test('servers on this machine are reached directly, whatever the environment says', async (t) => {
  const near = await upstream(t);
  const proxy = await forwardProxy(t, near, 418);
  const env = Object.fromEntries(
    ALL.slice(0, 3).flatMap((name) => [
      [name, proxy.url],
      [name.toUpperCase(), proxy.url],
    ]),
  );
  const { chat, ask } = await switchyard(t, near.url, env);
  t.equal((await chat()).status, 200);
  t.equal((await ask('/v1/files')).status, 200);
  t.same(proxy.asked, []);
});

t.test('an error of the proxy names the proxy, not the upstream', async (t) => {
  const far = await upstream(t);
  const why = async (env: Record<string, string>, origin: string) => {
    const { chat, ask } = await switchyard(t, `${origin}/v1`, env);
    const [passed, answer] = [await ask('/v1/files'), await chat()];
    for (const { status } of [answer, passed]) t.equal(status, 502);
    t.match(passed.json().error.message, /the proxy http:/);
    return answer.json().error as { code: string; message: string };
  };
  const gone = `http://me:secret@127.0.0.1:${await freePort()}`;
  for (const origin of [`https://${HOST}`, `http://${HOST}`]) {
    const error = await why({ ALL_PROXY: gone }, origin);
    t.match(error, {
      code: 'upstream_refused',
      message: /the proxy http:\/\/\*\*\*@127\S+ \(ALL_PROXY\) opens no connection: ECONNREFUSED/,
    });
  }
  const refuses = await forwardProxy(t, far, 407);
  t.match(await why({ https_proxy: refuses.url }, `https://${HOST}`), {
    code: 'upstream_refused',
    message: /it answered 407: it wants a name and a password/,
  });
  t.match(await why({ http_proxy: refuses.url }, `http://${HOST}`), {
    message: /the proxy http:\S+ \(http_proxy\).*407/,
  });
});

t.test('doctor names the proxy of each source, without its credentials', async (t) => {
  const folder = testFolder(t, {
    'c.json': JSON.stringify({
      home: 'home',
      server: { port: await freePort() },
      providers: {
        far: provider('https://far.example.test/v1'),
        near: provider('http://127.0.0.1:9/v1'),
        listed: provider('https://a.listed.test/v1'),
      },
    }),
  });
  const env = {
    ...NONE,
    HTTPS_PROXY: 'http://me:planted@proxy.example.test:3128',
    no_proxy: 'listed.test',
    GROQ_API_KEY: 'planted-key',
  };
  const json = await run(['doctor', '--json', '--config', `${folder}/c.json`], { env });
  const { providers } = JSON.parse(json.stdout) as { providers: { provider: string; proxy?: string }[] };
  const of = (name: string) => providers.find(({ provider: its }) => its === name)?.proxy;
  t.equal(of('far'), 'http://***@proxy.example.test:3128 (HTTPS_PROXY)');
  t.equal(of('groq'), of('far'), 'one that a key in the environment brings, too');
  t.same([of('near'), of('listed')], [undefined, undefined]);
  const { stdout } = await run(['doctor', '--config', `${folder}/c.json`], { env });
  t.match(stdout, /^far\t.*\thttp:\/\/\*\*\*@proxy\.example\.test:3128 \(HTTPS_PROXY\)$/m);
  t.notMatch(stdout + json.stdout, /planted/);
});

import t from 'tap';
import { openLab } from '../lab.ts';
import { CHAT, KEY, PATHS, asHost } from './requests.ts';

t.test('a foreign name that resolves to this machine gets no answer', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  for (const host of [
    'evil.example.com',
    'evil.example.com:7999',
    '127.0.0.1.evil.example.com',
    'localhost.evil.example.com',
    '0.0.0.0',
    '0x7f.1',
    '[::ffff:1.2.3.4]',
    'localhost@evil.example.com',
    '',
  ]) {
    for (const [method, path] of PATHS) {
      const { status, text } = await asHost(switchyard.url, `${method} ${path}`, host);
      t.equal(status, 403, `${method} ${path} for '${host}'`);
      t.match(JSON.parse(text), { error: { code: 'forbidden_host', message: /server\.hosts/ } });
    }
  }
  for (const host of [
    '127.0.0.1',
    '127.0.0.1:7999',
    '127.200.0.1',
    'localhost:1',
    'LocalHost',
    '[::1]:7999',
    'app.localhost',
  ]) {
    t.equal((await asHost(switchyard.url, 'POST /v1/chat/completions', host)).status, 200, host);
  }
  t.equal(upstream.posts.length, 7);
});

t.test('names of server.hosts get an answer, and with keys any name does', async (t) => {
  const { switchyard } = await openLab(t, {
    config: { server: { hosts: ['ai.example.com', 'other.example.com:8443'] } },
  });
  const asked = async (url: string, host: string, headers: string[] = []) =>
    (await asHost(url, 'GET /v1/models', host, headers)).status;
  t.equal(await asked(switchyard.url, 'AI.example.com'), 200);
  t.equal(await asked(switchyard.url, 'ai.example.com:8080'), 200);
  t.equal(await asked(switchyard.url, 'other.example.com:8443'), 200);
  t.equal(await asked(switchyard.url, 'other.example.com:1'), 403);
  t.equal(await asked(switchyard.url, 'example.com'), 403);
  const { switchyard: locked } = await openLab(t, { config: { server: { apiKeys: [KEY] } } });
  t.equal(await asked(locked.url, 'any.example.com', [`x-api-key: ${KEY}`]), 200);
});

t.test('a foreign page is refused, also where its browser sends no preflight', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  const foreign = [
    'https://evil.example.com',
    'http://127.0.0.1.evil.example.com',
    'http://localhost.evil.example.com',
    'null',
    'file://',
    'http://192.168.1.4:7999',
    'nonsense',
  ];
  for (const origin of foreign) {
    for (const [method, path] of PATHS) {
      const refused = await switchyard.ask(path, { method, headers: { origin } });
      t.equal(refused.status, 403, `${method} ${path} from '${origin}'`);
      t.match(refused.json(), { error: { code: 'forbidden_origin', message: /server\.origins/ } });
      t.notOk(refused.headers['access-control-allow-origin'], 'and may not read even that');
    }
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json',
    ]) {
      const simple = await switchyard.ask('/v1/chat/completions', {
        body: CHAT,
        headers: { origin, 'content-type': type },
      });
      t.equal(simple.status, 403, `${type} from '${origin}'`);
    }
    t.equal(
      (await switchyard.ask('/v1/chat/completions', { method: 'OPTIONS', headers: { origin } })).status,
      403,
    );
  }
  t.equal(upstream.posts.length, 0);
  for (const origin of [
    'http://localhost:3000',
    'http://127.0.0.1:5173',
    'https://[::1]:1',
    switchyard.url,
  ]) {
    const allowed = await switchyard.chat({}, { headers: { origin } });
    t.equal(allowed.status, 200, origin);
    t.equal(allowed.headers['access-control-allow-origin'], origin);
    t.match(allowed.headers['vary'], /origin/i);
  }
});

t.test('pages of server.origins are admitted and no others, with keys too', async (t) => {
  const allowed = 'https://app.example.com';
  const { switchyard } = await openLab(t, { config: { server: { origins: [allowed] } } });
  t.equal(
    (await switchyard.chat({}, { headers: { origin: allowed } })).headers['access-control-allow-origin'],
    allowed,
  );
  t.equal(
    (await switchyard.chat({}, { headers: { origin: 'https://app.example.com.evil.com' } })).status,
    403,
  );
  t.equal((await switchyard.chat({}, { headers: { origin: 'http://app.example.com' } })).status, 403);
  const { switchyard: open } = await openLab(t, { config: { server: { origins: ['*'] } } });
  t.equal((await open.chat({}, { headers: { origin: 'https://any.example.com' } })).status, 200);
  const { switchyard: locked } = await openLab(t, {
    config: { server: { apiKeys: [KEY], origins: [allowed] } },
  });
  const headers = { authorization: `Bearer ${KEY}` };
  t.equal((await locked.chat({}, { headers: { ...headers, origin: allowed } })).status, 200);
  t.equal(
    (await locked.chat({}, { headers: { ...headers, origin: 'https://evil.example.com' } })).status,
    403,
  );
});

t.test('a private network preflight is allowed to admitted pages', async (t) => {
  const { switchyard } = await openLab(t);
  const headers = {
    origin: 'http://localhost:3000',
    'access-control-request-method': 'POST',
    'access-control-request-private-network': 'true',
  };
  const answer = await switchyard.ask('/v1/chat/completions', { method: 'OPTIONS', headers });
  t.equal(answer.status, 204);
  t.equal(answer.headers['access-control-allow-private-network'], 'true');
});

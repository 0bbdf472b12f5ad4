import { scryptSync } from 'node:crypto';
import t, { type Test } from 'tap';
import { oneRequest, openLab, type LabParts } from '../../../lab.ts';
import type { Answer, Switchyard } from '../../../switchyard.ts';
import { testFolder } from '../../../test-folder.ts';

const PASSWORD = 'correct horse';
/** Cheaper than those that are made, as many are checked here. */
const hash = `scrypt:1024:8:1:c2FsdA:${scryptSync(PASSWORD, 'salt', 32, { N: 1024, r: 8, p: 1 }).toString('base64url')}`;

/** What a browser sends from the dashboard's own page. */
const own = ({ url }: Switchyard) => ({
  origin: url,
  'sec-fetch-site': 'same-origin',
  'x-switchyard-session': '1',
});

async function opened(t: Test, { config, injected }: LabParts = {}): Promise<Switchyard> {
  const { switchyard } = await openLab(t, {
    config: { home: testFolder(t), auth: { signIn: { password: hash } }, ...config },
    ...(injected && { injected }),
  });
  return switchyard;
}

const signIn = (switchyard: Switchyard, password = PASSWORD, headers = {}): Promise<Answer> =>
  switchyard.ask('/session', { body: { password }, headers: { ...own(switchyard), ...headers } });

const cookieOf = ({ headers }: Answer): string => String(headers['set-cookie']).split(';')[0] as string;
const codeOf = (answer: Answer): string | undefined => answer.json().error?.code;

t.test('a password opens the management API until it is signed out', async (t) => {
  const switchyard = await opened(t);
  t.equal((await switchyard.ask('/providers')).status, 401);
  t.match((await switchyard.ask('/session')).json(), {
    signIn: { password: true, oidc: null },
    session: null,
  });

  const answer = await signIn(switchyard);
  t.match(answer.json(), { session: { name: 'admin (password)', role: 'admin' } });
  t.match(
    answer.headers['set-cookie'],
    /^switchyard=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/,
  );
  const headers = { ...own(switchyard), cookie: cookieOf(answer) };
  t.equal((await switchyard.ask('/providers', { headers })).status, 200);
  t.equal((await switchyard.ask('/keys', { headers, body: { name: 'root', role: 'admin' } })).status, 200);
  t.equal((await switchyard.chat({}, { headers })).status, 200);
  t.match(await switchyard.ask('/requests', { headers }).then((all) => all.json().data[0]), {
    key: 'admin (password)',
  });

  const out = await switchyard.ask('/session', { method: 'DELETE', headers });
  t.match(out.headers['set-cookie'], /Max-Age=0/);
  t.equal((await switchyard.ask('/providers', { headers })).status, 401);
  t.notMatch(switchyard.log.join(''), PASSWORD);
});

t.test('callers on this machine need no key because of it', async (t) => {
  const switchyard = await opened(t);
  t.equal((await switchyard.chat()).status, 200);
  t.equal((await switchyard.ask('/usage')).status, 401);
});

t.test('a cookie changes nothing for a page of another origin', async (t) => {
  const switchyard = await opened(t);
  const cookie = cookieOf(await signIn(switchyard));
  const all = { ...own(switchyard), cookie };
  const without = (name: string) => Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));
  const refused: [string, Record<string, string>][] = [
    ['no header', without('x-switchyard-session')],
    ['another port', { ...all, origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
    ['another port, an old browser', { ...without('sec-fetch-site'), origin: 'http://127.0.0.1:1' }],
    ['a page without an origin', { ...all, 'sec-fetch-site': 'cross-site' }],
    ['neither', { cookie, 'x-switchyard-session': '1' }],
  ];
  for (const [what, headers] of refused) {
    const answer = await switchyard.ask('/keys', { headers, body: { name: 'root', role: 'admin' } });
    t.equal(answer.status, 403, what);
    const chat = await switchyard.chat({}, { headers });
    t.equal(chat.status, 403, what);
    t.equal((await switchyard.ask('/session', { headers, body: { password: PASSWORD } })).status, 403, what);
  }
  t.equal((await switchyard.ask('/keys', { headers: all })).json().data.length, 0);
  const socket = await oneRequest(switchyard.url, 'GET /v1/realtime?model=m', [
    `cookie: ${cookie}`,
    `origin: http://127.0.0.1:1`,
    'connection: upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
  ]);
  t.equal(socket.status, 403, 'a WebSocket');
  const old = without('sec-fetch-site');
  t.equal(
    (await switchyard.ask('/keys', { headers: old, body: { name: 'root', role: 'admin' } })).status,
    200,
  );
});

t.test('behind TLS the cookie is secure and bound to the host', async (t) => {
  const switchyard = await opened(t, {
    config: { server: { hosts: ['ai.example.com'] }, auth: { signIn: { password: hash } } },
  });
  const answer = await signIn(switchyard, PASSWORD, {
    host: 'ai.example.com',
    origin: 'https://ai.example.com',
  });
  t.match(
    answer.headers['set-cookie'],
    /^__Host-switchyard=.*; Path=\/; HttpOnly; SameSite=Strict; .*; Secure$/,
  );
  t.equal((await switchyard.ask('/providers', { headers: { cookie: cookieOf(answer) } })).status, 200);
});

t.test('a session ends by its time and when it is not used', async (t) => {
  let now = Date.parse('2026-11-30T12:00:00Z');
  const switchyard = await opened(t, {
    config: { auth: { signIn: { password: hash, lasts: '1h', idle: '20m' } } },
    injected: { date: () => now },
  });
  const cookie = cookieOf(await signIn(switchyard));
  const status = async () => (await switchyard.ask('/providers', { headers: { cookie } })).status;
  for (let minutes = 0; minutes < 60; minutes += 15) {
    t.equal(await status(), 200);
    now += 15 * 60_000;
  }
  t.equal(await status(), 401, 'an hour');
  const idle = cookieOf(await signIn(switchyard));
  now += 20 * 60_000;
  t.equal((await switchyard.ask('/providers', { headers: { cookie: idle } })).status, 401, 'not used');
});

t.test('failed tries are slowed down by address, also with the right password then', async (t) => {
  let now = 0;
  const switchyard = await opened(t, { injected: { now: () => now } });
  const codes: (string | undefined)[] = [];
  for (let at = 0; at < 5; at++) codes.push(codeOf(await signIn(switchyard, `wrong ${at}`)));
  t.same(codes, ['wrong_password', 'wrong_password', 'wrong_password', 'wrong_password', 'too_many_tries']);
  const slowed = await signIn(switchyard);
  t.equal(slowed.status, 429);
  t.equal(slowed.headers['retry-after'], '1');
  // Behind a proxy on this machine, another person is another address.
  t.equal((await signIn(switchyard, PASSWORD, { 'x-forwarded-for': '1.1.1.1, 203.0.113.9' })).status, 200);
  now += 1_000;
  t.equal((await signIn(switchyard)).status, 200);
});

t.test('wrong keys are slowed down, and a key that was in use is not', async (t) => {
  const now = 0;
  const switchyard = await opened(t, {
    config: { server: { apiKeys: ['caller-key-1', 'caller-key-2'] } },
    injected: { now: () => now },
  });
  const withKey = (key: string) => switchyard.chat({}, { headers: { authorization: `Bearer ${key}` } });
  const codes = new Set<string>();
  for (let at = 0; at < 30; at++) {
    codes.add(codeOf(await withKey(`wrong-key-${at}`)) as string);
    if (at < 15) t.equal((await withKey('caller-key-1')).status, 200);
  }
  t.same(codes, new Set(['wrong_api_key', 'too_many_tries']));
  t.equal((await withKey('caller-key-1')).status, 200, 'it was in use');
  t.equal(codeOf(await withKey('caller-key-2')), 'too_many_tries', 'a right guess is not told');
});

t.test('the hash may stand in the environment; another password ends sessions', async (t) => {
  const { switchyard } = await openLab(t, { injected: { env: { SWITCHYARD_PASSWORD_HASH: hash } } });
  t.equal((await switchyard.ask('/providers')).status, 401);
  const cookie = cookieOf(await signIn(switchyard));
  t.equal((await switchyard.ask('/providers', { headers: { cookie } })).status, 200);
  const { text } = await switchyard.ask('/config', { headers: { cookie } });
  t.notMatch(text, hash);
});

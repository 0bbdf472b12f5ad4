import { scryptSync } from 'node:crypto';
import t from 'tap';
import { openLab } from '../../lab.ts';
import { testFolder } from '../../test-folder.ts';
import { codeOf } from './keyed.ts';

const ADMIN = 'admin-key-1';
const CALLER = 'caller-key-1';
const HASH = `scrypt:1024:8:1:c2FsdA:${scryptSync('secret', 'salt', 32, { N: 1024, r: 8, p: 1 }).toString('base64url')}`;
const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

t.test('guesses are slowed down wherever the answer to a right one differs', async (t) => {
  const { switchyard } = await openLab(t, {
    config: { home: testFolder(t, {}), server: { adminKeys: [ADMIN] } },
    injected: { now: () => 0 },
  });
  for (const path of ['/access', '/usage', '/providers']) {
    t.equal(codeOf(await switchyard.ask(path)), 'missing_api_key', path);
    t.equal(codeOf(await switchyard.ask(path, bearer('wrong-key'))), 'wrong_api_key', path);
  }
  const codes = new Set<string>();
  for (let nth = 0; nth < 30; nth++)
    codes.add(codeOf(await switchyard.ask('/access', bearer(`wrong-${nth}`))));
  t.same(codes, new Set(['wrong_api_key', 'too_many_tries']));
  t.equal(
    codeOf(await switchyard.ask('/usage', bearer(ADMIN))),
    'too_many_tries',
    'a right guess is not told',
  );
  t.equal((await switchyard.chat({}, bearer('any'))).status, 200, 'models need no key');
});

t.test('a key of the config does not become that of an admin by itself', async (t) => {
  let now = Date.parse('2027-01-01T00:00:00Z');
  const home = testFolder(t, {});
  const { switchyard } = await openLab(t, {
    config: { home, server: { apiKeys: [CALLER] } },
    injected: { date: () => now },
  });
  const as = (key: string, path: string, more: object = {}) =>
    switchyard.ask(path, { ...bearer(key), ...more });
  const made = await as(CALLER, '/keys', { body: { name: 'root', role: 'admin' } });
  const admin = made.json().key as string;
  t.equal(codeOf(await as(CALLER, '/keys')), 'wrong_api_key');
  const expires = new Date(now + 1_000).toISOString();
  t.equal((await as(admin, '/keys/root', { method: 'PATCH', body: { expires } })).status, 200);
  now += 2_000;
  t.equal(codeOf(await as(admin, '/keys')), 'key_expired');
  t.equal(codeOf(await as(CALLER, '/keys')), 'wrong_api_key', 'the only admin has expired');
  t.match((await as(CALLER, '/access')).json(), { role: 'caller' });
  t.equal((await as(CALLER, '/v1/models')).status, 200);
});

t.test('an endless answer ends with its key, and with its session', async (t) => {
  const { switchyard } = await openLab(t, {
    config: {
      home: testFolder(t, {}),
      server: { adminKeys: [ADMIN] },
      auth: { signIn: { password: HASH } },
    },
  });
  const manage = (method: 'POST' | 'PATCH', path: string, body: Record<string, unknown>) =>
    switchyard.ask(path, { method, body, ...bearer(ADMIN) });
  const make = async (name: string): Promise<string> =>
    (await manage('POST', '/keys', { name, role: 'viewer' })).json().key;
  const open = (path: string, headers: Record<string, string>) => fetch(switchyard.url + path, { headers });
  const signedIn = await switchyard.ask('/session', {
    body: { password: 'secret' },
    headers: { origin: switchyard.url, 'x-switchyard-session': '1' },
  });
  const cookie = String(signedIn.headers['set-cookie']).split(';')[0] as string;
  const revoked = await open('/events', bearer(await make('revoked')).headers);
  const expiring = await open('/events', bearer(await make('expiring')).headers);
  const session = await open('/events', { cookie });
  const stays = await open('/events', bearer(await make('stays')).headers);
  for (const { status } of [revoked, expiring, session, stays]) t.equal(status, 200);
  await manage('POST', '/keys/revoked/revoke', {});
  await manage('PATCH', '/keys/expiring', { expires: '2020-01-01T00:00:00Z' });
  await switchyard.ask('/session', {
    method: 'DELETE',
    headers: { cookie, origin: switchyard.url, 'x-switchyard-session': '1' },
  });
  for (const { body } of [revoked, expiring, session]) for await (const _ of body!) continue;
  const reader = stays.body!.getReader();
  t.equal((await reader.read()).done, false);
  await reader.cancel();
});

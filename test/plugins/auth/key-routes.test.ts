import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { testFolder } from '../../test-folder.ts';
import { openLab } from '../../lab.ts';
import { startSwitchyard } from '../../switchyard.ts';
import { codeOf, openKeyed } from './keyed.ts';

t.test('without a key the gateway is open, and the first key closes it at once', async (t) => {
  const { switchyard, asked } = await openLab(t, { config: { home: testFolder(t, {}) } });
  t.equal((await switchyard.chat()).status, 200);
  const early = await switchyard.ask('/keys', { body: { name: 'a' } });
  t.equal(early.status, 409, 'a key that could not be managed');
  const { key, begins } = (await switchyard.ask('/keys', { body: { name: 'root', role: 'admin' } })).json();
  t.match(key, /^sk-sy-[\w-]{43}$/);
  t.ok(key.startsWith(begins) && begins.length < 12);
  t.equal(codeOf(await switchyard.chat()), 'missing_api_key');
  t.equal(codeOf(await switchyard.ask('/keys')), 'missing_api_key');
  t.equal(codeOf(await switchyard.ask('/providers')), 'missing_api_key');
  for (const headers of [{ authorization: `Bearer ${key}` }, { 'x-api-key': key }, { 'api-key': key }])
    t.equal((await switchyard.chat({}, { headers })).status, 200);
  t.equal(codeOf(await switchyard.chat({}, { headers: { 'x-api-key': 'sk-sy-guessed' } })), 'wrong_api_key');
  t.equal((await switchyard.ask('/health/live')).status, 200, 'probes need none');
  t.notMatch(JSON.stringify(asked().map(({ rawHeaders }) => rawHeaders)), key, 'no upstream is told it');
});

t.test(
  'a key is shown once, and is nowhere in the files, the log, traces, metrics or the config',
  async (t) => {
    const { switchyard, home, admin, make, manage, chat } = await openKeyed(t, {
      config: { history: { enabled: true } },
    });
    const key = await make('app', { owner: 'Ada', labels: ['team-a'] });
    t.equal((await chat(key)).status, 200);
    const told = await Promise.all(
      ['/keys', '/keys/app', '/requests', '/config', '/metrics', '/health', '/providers'].map((path) =>
        manage('GET', path),
      ),
    );
    await switchyard.close();
    const files = readdirSync(home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    const everything = [...told.map(({ text }) => text), ...files, ...switchyard.log].join('\n');
    for (const secret of [key, admin]) t.notOk(everything.includes(secret), 'its text');
    t.match(everything, 'team-a');
    t.equal(statSync(join(home, 'keys.db')).mode & 0o777, 0o600, "for the gateway's user alone");
  },
);

t.test('keys, and when they were used last, outlive the gateway', async (t) => {
  const { switchyard, home, make, chat } = await openKeyed(t);
  const key = await make('app', { models: ['m'], providers: ['lab'] });
  await chat(key);
  await switchyard.close();
  const again = await startSwitchyard(t, { home });
  t.equal((await again.ask('/v1/models')).status, 401, 'it stays closed');
  const { data } = (await again.ask('/keys', { headers: { 'x-api-key': key } })).json();
  t.equal(data, undefined, 'a caller sees no keys');
  t.equal((await again.ask('/v1/models', { headers: { 'x-api-key': key } })).status, 200);
});

t.test('a damaged key store stops the start: without its keys the gateway would be open', async (t) => {
  const home = testFolder(t, { 'keys.db': 'no database, and longer than the header of one '.repeat(10) });
  await t.rejects(startSwitchyard(t, { home }), {
    code: 'config_invalid',
    message: /holds the keys of callers/,
  });
});

t.test('a rotated key has two texts for a while, then one', async (t) => {
  let now = Date.now();
  const home = testFolder(t, {});
  const switchyard = await startSwitchyard(t, { home }, { date: () => now });
  const root = (await switchyard.ask('/keys', { body: { name: 'root', role: 'admin' } })).json().key;
  const headers = { 'x-api-key': root };
  const make = async (path: string, body = {}) => (await switchyard.ask(path, { headers, body })).json().key;
  const first = await make('/keys', { name: 'app' });
  const second = await make('/keys/app/rotate', { oldUntil: new Date(now + 60_000).toISOString() });
  const models = (key: string) => switchyard.ask('/v1/models', { headers: { 'x-api-key': key } });
  for (const key of [first, second]) t.equal((await models(key)).status, 200);
  now += 60_000;
  t.equal(codeOf(await models(first)), 'key_expired');
  t.equal((await models(second)).status, 200);
  const third = await make('/keys/app/rotate');
  now += 86_399_000;
  t.equal((await models(second)).status, 200, 'a day, where nothing is said');
  now += 2_000;
  t.equal(codeOf(await models(second)), 'key_expired');
  t.equal((await models(third)).status, 200);
});

t.test('a key expires, and a later date makes it valid again', async (t) => {
  let now = Date.now();
  const switchyard = await startSwitchyard(t, { home: testFolder(t, {}) }, { date: () => now });
  const root = (await switchyard.ask('/keys', { body: { name: 'root', role: 'admin' } })).json().key;
  const headers = { 'x-api-key': root };
  const expires = new Date(now + 1_000).toISOString();
  const { key } = (await switchyard.ask('/keys', { headers, body: { name: 'app', expires } })).json();
  const models = () => switchyard.ask('/v1/models', { headers: { 'x-api-key': key } });
  t.equal((await models()).status, 200);
  now += 1_000;
  t.match((await models()).json().error, { code: 'key_expired', type: 'authentication_error' });
  await switchyard.ask('/keys/app', { method: 'PATCH', headers, body: { expires: null } });
  t.equal((await models()).status, 200);
});

t.test('mistakes are reported with the name of the member', async (t) => {
  const { manage, make } = await openKeyed(t);
  await make('app');
  for (const [body, param] of [
    [{}, 'name'],
    [{ name: ' app' }, 'name'],
    [{ name: 'b', role: 'boss' }, 'role'],
    [{ name: 'b', models: 'm' }, 'models'],
    [{ name: 'b', expires: 'soon' }, 'expires'],
    [{ name: 'b', model: ['m'] }, 'model'],
  ] as const) {
    const answer = await manage('POST', '/keys', body);
    t.match({ status: answer.status, error: answer.json().error }, { status: 400, error: { param } }, param);
  }
  // The last would see the usage of keys of the config.
  for (const name of ['app', 'key 1', 'admin key 12', 'admin (password)'])
    t.match((await manage('POST', '/keys', { name })).json().error, {
      code: 'action_conflict',
      param: 'name',
    });
  t.match((await manage('PATCH', '/keys/app', { name: 'key 2' })).json().error, { code: 'action_conflict' });
  t.match((await manage('GET', '/keys/none')).json().error, { code: 'key_not_found' });
  t.equal((await manage('DELETE', '/keys/app')).status, 200);
  t.equal((await manage('GET', '/keys/app')).status, 404);
});

// Secrets that the config refers to: stored by the API, rotated while answers run, shown nowhere.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { secretList, secretStored } from '../../../../plugins/surfaces/admin/answers/secrets.ts';
import { Ajv } from 'ajv';
import { startSwitchyardFrom, type Answer } from '../../../switchyard.ts';
import { testFolder } from '../../../test-folder.ts';
import { startUpstream } from '../../../upstream/upstream.ts';
import { Secrets } from '../../../../kits/secret-kit/index.ts';

const PLANTED = /planted-\w+/;

async function start(t: Test, more: object = {}) {
  const upstream = await startUpstream({ interval: 20 });
  t.teardown(() => upstream.close());
  const folder = testFolder(t, {});
  const lab = { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm' } };
  const write = (key: string): void =>
    writeFileSync(
      join(folder, 'switchyard.json'),
      JSON.stringify({ discover: false, providers: { lab: { ...lab, apiKey: key, ...more } } }),
    );
  await (await Secrets.open({ home: join(folder, '.switchyard'), env: {} })).change({ lab: 'planted-first' });
  write('${secret:lab}');
  const switchyard = await startSwitchyardFrom(t, folder);
  const answers: Answer[] = [];
  const ask: typeof switchyard.ask = async (path, options) => {
    const answer = await switchyard.ask(path, options);
    answers.push(answer);
    return answer;
  };
  const put = (name: string, value: unknown) => ask(`/secrets/${name}`, { method: 'PUT', body: { value } });
  const keyOf = (): unknown => upstream.posts.at(-1)?.headers.authorization;
  return { upstream, folder, switchyard, ask, put, keyOf, write, answers };
}

t.test('a key is rotated while an answer runs, and is shown nowhere', async (t) => {
  const { upstream, switchyard, ask, put, keyOf, answers, folder } = await start(t);
  const running = switchyard.chat({ stream: true });
  await upstream.seen();
  t.equal(keyOf(), 'Bearer planted-first');
  const stored = await put('lab', 'planted-second');
  t.same(stored.json(), { name: 'lab', success: true, problem: null });
  t.equal((await switchyard.chat()).status, 200);
  t.equal(keyOf(), 'Bearer planted-second');
  t.match(await running, { status: 200, broken: false }, 'what ran ended where it began');
  const ajv = new Ajv();
  t.ok(ajv.validate(secretStored, stored.json()));
  const listed = (await ask('/secrets')).json();
  t.match(listed, { data: [{ name: 'lab' }] });
  t.ok(ajv.validate(secretList, listed));
  upstream.behave('status-401');
  await switchyard.chat();
  for (const path of ['/config', '/config/diff', '/providers', '/health', '/requests', '/metrics'])
    await ask(path);
  for (const { text } of answers) t.notMatch(text, PLANTED);
  t.notMatch(switchyard.log.join('\n'), PLANTED);
  t.notMatch(readFileSync(join(folder, '.switchyard/secrets.json'), 'utf8'), PLANTED);
});

t.test('a secret that the config needs is not removed; another is', async (t) => {
  const { ask, put, write, switchyard, keyOf } = await start(t);
  const remove = (name: string) => ask(`/secrets/${name}`, { method: 'DELETE' });
  t.match(await remove('lab'), { status: 409 });
  t.match((await remove('lab')).json(), {
    error: { code: 'action_conflict', message: /there is no secret 'lab'/ },
  });
  t.equal((await ask('/config/reload', { method: 'POST' })).status, 200, 'it is still there');
  t.equal((await put('other', 'planted-other')).status, 200);
  write('${secret:other}');
  t.equal((await remove('lab')).status, 200);
  t.equal((await remove('lab')).status, 200, 'twice is no mistake');
  await switchyard.chat();
  t.equal(keyOf(), 'Bearer planted-other');
});

t.test('a wrong request is refused without quoting its body', async (t) => {
  const { ask, put, answers } = await start(t);
  for (const value of ['', ' ', 5, null, 'planted-a\nb', `planted-${'x'.repeat(70_000)}`])
    t.match((await put('lab', value)).json(), { error: { code: 'invalid_request', param: 'value' } });
  for (const name of ['1a', 'a%2Fb', `a${'b'.repeat(200)}`])
    t.match(
      (await put(name, 'planted-x')).json(),
      { error: { code: 'invalid_request', param: 'name' } },
      name,
    );
  t.match((await ask('/secrets/lab', { method: 'PUT', body: '{"value": "planted-x' })).json(), {
    error: { code: 'invalid_json' },
  });
  for (const { text } of answers) t.notMatch(text, PLANTED);
});

t.test('a mistake elsewhere is reported; the secret is stored', async (t) => {
  const { put, folder } = await start(t);
  writeFileSync(join(folder, 'switchyard.json'), '{ "strategy": { "use": "none" } }');
  t.match((await put('lab', 'planted-third')).json(), { success: true, problem: /previous config stays/ });
});

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Parsed, Switchyard } from '../../../../switchyard.ts';
import { startUpstream } from '../../../../upstream/upstream.ts';
import { config, KEY, setting } from '../config-file.ts';
import { post } from '../post.ts';

/** Nothing like it stands anywhere else. */
const GIVEN = 'sk-given-by-a-person';

const patch = (switchyard: Switchyard, path: string, body: Record<string, unknown>) =>
  switchyard.ask(path, { method: 'PATCH', body });
const remove = (switchyard: Switchyard, path: string) => switchyard.ask(path, { method: 'DELETE' });
const names = async (switchyard: Switchyard): Promise<string[]> =>
  (await switchyard.ask('/providers'))
    .json()
    .providers.filter(({ dormant, lastResort }: Parsed) => !dormant && !lastResort)
    .map(({ name }: Parsed) => name);

async function another(t: Test, options: Parameters<typeof startUpstream>[0] = {}) {
  const upstream = await startUpstream({ name: 'another', interval: 0, models: ['x1'], ...options });
  t.teardown(() => upstream.close());
  return upstream;
}

/** Everything that the gateway shows or has written. */
async function shown(switchyard: Switchyard, folder: string): Promise<string> {
  const paths = ['/config', '/config/diff', '/providers', '/providers/added/entry', '/health', '/requests'];
  const answers = await Promise.all(paths.map(async (path) => (await switchyard.ask(path)).text));
  const overrides = await readFile(join(folder, 'home/overrides.json'), 'utf8').catch(() => '');
  const file = await readFile(join(folder, 'switchyard.yaml'), 'utf8');
  return [...answers, ...switchyard.log, overrides, file].join('\n');
}

t.test('an added provider answers at once and after a restart; its key is shown nowhere', async (t) => {
  const { switchyard, start, folder } = await setting(t);
  const upstream = await another(t, { apiKey: GIVEN });
  const body = { name: 'added', use: 'openai-compatible', baseUrl: upstream.url, apiKey: GIVEN };
  const { status, json, text } = await post(switchyard, '/providers', body);
  t.match({ status, ...json() }, { status: 200, name: 'added', from: 'added', models: ['x1'] });
  t.notMatch(text, GIVEN);
  t.equal((await switchyard.chat({ model: 'x1' })).status, 200);
  t.equal(upstream.posts[0]?.headers.authorization, `Bearer ${GIVEN}`);
  t.notMatch(await shown(switchyard, folder), GIVEN);
  const secrets = await readFile(join(folder, 'home/secrets.json'), 'utf8');
  t.same(Object.keys(JSON.parse(secrets).secrets), ['provider.added.apiKey']);
  t.notMatch(secrets, GIVEN, 'it is encrypted');
  await switchyard.close();
  const again = await start();
  t.equal((await again.chat({ model: 'x1' })).status, 200);
});

t.test('changes are saved into the file, which refers to the key: comments stay', async (t) => {
  const { switchyard, start, text, url } = await setting(t);
  const upstream = await another(t, { apiKey: GIVEN });
  await post(switchyard, '/providers', {
    name: 'added',
    use: 'openai-compatible',
    baseUrl: upstream.url,
    apiKey: GIVEN,
  });
  t.equal((await patch(switchyard, '/providers/lab', { concurrency: 3 })).status, 200);
  t.equal((await remove(switchyard, '/config/models/n')).status, 200);
  t.equal((await remove(switchyard, '/providers/third')).status, 200);
  const { changes } = (await switchyard.ask('/config/diff')).json();
  t.same(changes.map(({ path }: Parsed) => path).toSorted(), [
    'models.n',
    'providers.added',
    'providers.lab.concurrency',
    'providers.third',
  ]);
  t.match((await post(switchyard, '/config/save')).json(), { changes: 4, success: true });
  const saved = await text();
  t.match(saved, /concurrency: 3 \} # the lab/);
  t.match(saved, /# the better one/);
  t.match(saved, '${secret:provider.added.apiKey}');
  t.notMatch(saved, /third|\n {2}n:/);
  t.notMatch(saved, GIVEN);
  t.match(saved.split('\n')[0], config(url).split('\n')[0]);
  t.same((await switchyard.ask('/config/diff')).json().changes, []);
  t.same((await names(switchyard)).toSorted(), ['added', 'lab', 'spare']);
  await switchyard.close();
  const again = await start();
  t.equal((await again.chat({ model: 'x1' })).status, 200);
  t.equal((await remove(again, '/providers/added')).status, 200);
  await post(again, '/config/save');
  t.same((await again.ask('/secrets')).json().data, [], 'a key that nothing refers to is removed');
});

t.test('a request under way keeps its provider; the next one gets the changed one', async (t) => {
  const { switchyard } = await setting(t);
  const slow = await another(t, { name: 'slow', interval: 20, text: Array.from({ length: 30 }, () => 'a') });
  const next = await another(t, { name: 'next' });
  const add = { name: 'added', use: 'openai-compatible', baseUrl: slow.url, models: { y: 'y1' } };
  await post(switchyard, '/providers', add);
  const running = switchyard.chat({ model: 'y', stream: true });
  await slow.seen(1, ({ method }) => method === 'POST');
  t.equal((await patch(switchyard, '/providers/added', { baseUrl: next.url })).status, 200);
  t.equal((await switchyard.chat({ model: 'y' })).headers['x-switchyard-provider'], 'added');
  t.equal(next.posts.length, 1);
  t.equal((await remove(switchyard, '/providers/added')).status, 200);
  t.match(await running, { status: 200, broken: false, content: 'a'.repeat(30) });
  t.equal((await switchyard.chat({ model: 'y' })).status, 404);
});

t.test('a refused change names the thing, the value and the remedy, and changes nothing', async (t) => {
  const { switchyard } = await setting(t);
  const before = (await switchyard.ask('/config')).json().providers;
  const refused = async (answer: ReturnType<typeof post>, status: number, message: RegExp): Promise<void> => {
    const { status: got, json, text } = await answer;
    t.match({ got, message: json().error.message }, { got: status, message }, String(message));
    t.notMatch(text, GIVEN);
  };
  const add = (said: object) =>
    post(switchyard, '/providers', { name: 'x', use: 'openai-compatible', apiKey: GIVEN, ...said });
  await refused(add({}), 400, /providers\.x\.baseUrl: missing/);
  await refused(add({ baseUrl: 'nowhere' }), 400, /providers\.x\.baseUrl: 'nowhere' is not allowed/);
  await refused(add({ baseUrl: 'http://a', conccurency: 1 }), 400, /conccurency: unknown .*'concurrency'/);
  await refused(add({ use: 'opnai' }), 400, /'opnai' is no kind of provider \(did you mean 'openai'\?\)/);
  await refused(add({ use: './mine.ts' }), 400, /a plugin of your own is a line in the config/i);
  await refused(add({ use: 'process', command: ['sh'] }), 400, /runs a program of your own/);
  await refused(add({ use: 'grok2api', source: { folder: '/' } }), 400, /'source' runs code/);
  await refused(add({ name: 'a b', baseUrl: 'http://a' }), 400, /"a b": this name is not allowed/);
  await refused(add({ name: 'LAB', baseUrl: 'http://a' }), 409, /there is a provider 'lab' already/);
  await refused(add({ baseUrl: 'http://a', apiKey: '$NOT_SET' }), 400, /NOT_SET is not set/);
  await refused(
    add({ baseUrl: 'http://a', apiKey: '${file:/etc/passwd}' }),
    400,
    /reads a file of this machine/,
  );
  await refused(
    switchyard.ask('/providers', { method: 'POST', body: `{"apiKey": "${GIVEN}"` }),
    400,
    /must be a JSON object/,
  );
  await refused(add({ baseUrl: 'http://a', apiKey: '***' }), 400, /leave it out to keep it/);
  await refused(patch(switchyard, '/providers/nine', { concurrency: 1 }), 404, /no provider 'nine'/);
  await refused(patch(switchyard, '/providers/lab', { concurrency: 0 }), 400, /lab\.concurrency: 0 is not/);
  await refused(patch(switchyard, '/providers/lab', {}), 400, /name the members/);
  await refused(
    patch(switchyard, '/providers/lab', { baseUrl: 'http://a' }),
    400,
    /apiKey would be sent to another server/,
  );
  await refused(remove(switchyard, '/providers/spare'), 400, /models\.m\.targets\[1\]\.provider: 'spare'/);
  t.same((await switchyard.ask('/config')).json().providers, before);
  t.same((await switchyard.ask('/config/diff')).json().changes, []);
});

t.test('a text is taken as it is: only a key may be a variable', async (t) => {
  const { switchyard } = await setting(t);
  const upstream = await another(t, { apiKey: KEY });
  const body = {
    name: 'added',
    use: 'openai-compatible',
    baseUrl: upstream.url,
    apiKey: '${LAB_KEY}',
    models: { x: '$LAB_KEY' },
  };
  t.equal((await post(switchyard, '/providers', body)).status, 200);
  t.equal((await switchyard.chat({ model: 'x' })).status, 200);
  t.match(upstream.posts[0]?.json(), { model: '$LAB_KEY' });
  t.equal(upstream.posts[0]?.headers.authorization, `Bearer ${KEY}`);
});

t.test('all changes are undone at once, providers too', async (t) => {
  const { switchyard } = await setting(t);
  const upstream = await another(t);
  await post(switchyard, '/providers', { name: 'added', use: 'openai-compatible', baseUrl: upstream.url });
  await remove(switchyard, '/config/models/n');
  t.match(await remove(switchyard, '/config/overrides'), { status: 200 });
  t.same((await names(switchyard)).toSorted(), ['lab', 'spare', 'third']);
  t.equal((await switchyard.chat({ model: 'n' })).status, 200);
});

t.test('an override that fits no more is left out at the next start; the others apply', async (t) => {
  const { switchyard, start, file, text } = await setting(t);
  const upstream = await another(t);
  await post(switchyard, '/providers', { name: 'added', use: 'openai-compatible', baseUrl: upstream.url });
  await post(switchyard, '/config/models', { name: 'fast', targets: [{ provider: 'third', model: 'both' }] });
  await switchyard.close();
  await writeFile(file, (await text()).replace(/ {2}third:.*\n/, ''));
  const again = await start();
  t.same((await names(again)).toSorted(), ['added', 'lab', 'spare']);
  t.match(
    again.log.find((line) => line.includes('an override of models.fast is left out')),
    /'third' is not a provider/,
  );
});

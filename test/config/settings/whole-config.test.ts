// Everything but the address changes while requests run: callers' keys, features, the operator's own code, .env.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startSwitchyardFrom } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';
import { startUpstream, type Upstream } from '../../upstream/upstream.ts';

type Config = Record<string, unknown>;

const remote = (upstream: Upstream, more: object = {}): Config => ({
  use: 'openai-compatible',
  baseUrl: upstream.url,
  models: { m: 'm' },
  ...more,
});

/** A feature of an operator that answers at /mine, and tells what becomes of it. */
const mine = (answer: string, more = ''): string => `
import { log } from './helper.mjs';
export default {
  name: 'mine',
  options: { type: 'object', properties: { word: { type: 'string', default: 'none' }, fails: { type: 'boolean', default: false } } },
  create({ word, fails }, { app, events }) {
    if (fails) throw new Error('it does not want to');
    ${more}
    log('made ${answer} ' + word);
    app.get('/mine', async () => ({ answer: '${answer}', word }));
    app.get('/mine/slow', (request, reply) => {
      reply.hijack();
      reply.raw.write('begun');
      globalThis.mineEnds = () => reply.raw.end(' ${answer} ' + word);
    });
    events.onEnd(() => log('heard by ${answer} ' + word));
    return { close: () => log('closed ${answer} ' + word) };
  },
};
`;
const HELPER = `export const log = (line) => (globalThis.mineLog ??= []).push(line);`;
const told = (): string[] => (globalThis as unknown as { mineLog?: string[] }).mineLog?.splice(0) ?? [];

async function setting(t: Test, config: Config, files: Readonly<Record<string, string>> = {}, env = {}) {
  const upstream = await startUpstream({ interval: 20 });
  t.teardown(() => upstream.close());
  const folder = testFolder(t, {});
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const written = (said: Config): string =>
    JSON.stringify({
      discover: false,
      history: { enabled: false },
      providers: { lab: remote(upstream) },
      ...said,
    });
  for (const [name, text] of Object.entries({ 'helper.mjs': HELPER, ...files })) write(name, text);
  write('switchyard.json', written(config));
  told();
  const switchyard = await startSwitchyardFrom(t, folder, { env });
  const reload = () => switchyard.ask('/config/reload', { method: 'POST', headers: ADMIN });
  return {
    upstream,
    switchyard,
    write,
    reload,
    become: (said: Config) => {
      write('switchyard.json', written(said));
      return reload();
    },
  };
}

const ADMIN = { authorization: 'Bearer key-of-the-admin' };

t.test('keys of callers, body limits and foreign pages change; what runs ends as it began', async (t) => {
  const { switchyard, upstream, become } = await setting(t, {});
  const running = switchyard.chat({ stream: true });
  await upstream.seen();
  const keys = { apiKeys: ['key-of-a-caller'], adminKeys: ['key-of-the-admin'], bodyLimit: '64KiB' };
  t.match((await become({ server: keys })).json(), { success: true, changed: ['server'], restart: [] });
  t.equal((await switchyard.chat()).status, 401);
  const headers = { authorization: 'Bearer key-of-a-caller' };
  t.equal((await switchyard.chat({}, { headers })).status, 200);
  t.equal((await switchyard.ask('/providers', { headers })).status, 401, "the admin's key alone manages");
  const messages = [{ role: 'user', content: 'x'.repeat(65_536) }];
  t.equal((await switchyard.chat({ messages }, { headers })).status, 413);
  const page = { origin: 'https://page.test', ...headers };
  t.equal((await switchyard.chat({}, { headers: page })).status, 200);
  await become({ server: { ...keys, apiKeys: ['key-of-another'], origins: ['https://other.test'] } });
  t.equal((await switchyard.chat({}, { headers })).status, 401, 'a removed key is refused');
  const other = { authorization: 'Bearer key-of-another' };
  t.equal((await switchyard.chat({}, { headers: { ...page, ...other } })).status, 403);
  const { broken, events } = await running;
  t.same([broken, events.at(-1)], [false, '[DONE]']);
  t.match((await become({ server: { ...keys, port: 7998 }, home: './elsewhere' })).json(), {
    success: 'partial',
    restart: ['server', 'home'],
  });
});

t.test('features are replaced, and those that do not change keep what they know', async (t) => {
  const { switchyard, become } = await setting(t, {});
  await switchyard.chat();
  const counted = async (): Promise<string | undefined> =>
    /^switchyard_requests_total\{.*\} (\d+)$/m.exec((await switchyard.ask('/metrics')).text)?.[1];
  t.equal(await counted(), '1');
  const off = await become({ dashboard: { enabled: false } });
  t.match(off.json(), { success: true, changed: ['dashboard'], restart: [] });
  t.equal((await switchyard.ask('/')).status, 404);
  t.equal(await counted(), '1', 'metrics were not made again');
  t.equal((await switchyard.ask('/requests')).json().data.length, 1);
  await become({ dashboard: { enabled: true }, traces: { keep: 1 } });
  t.equal((await switchyard.ask('/')).status, 200);
  await switchyard.chat();
  await switchyard.chat();
  t.equal((await switchyard.ask('/requests')).json().data.length, 1);
  t.equal(await counted(), '3');
});

t.test(
  "an operator's feature is made again as its code changes; a broken one leaves the last good one",
  async (t) => {
    const at = { plugins: ['./mine.mjs'] };
    const { switchyard, write, reload, become } = await setting(t, at, { 'mine.mjs': mine('one') });
    const answer = async (): Promise<unknown> => (await switchyard.ask('/mine')).json();
    t.same(await answer(), { answer: 'one', word: 'none' });
    const slow = switchyard.ask('/mine/slow');
    while (!('mineEnds' in globalThis)) await switchyard.chat();
    told();
    t.match((await reload()).json(), { changed: [] });
    t.same(told(), [], 'nothing has changed, so nothing is made');

    write('mine.mjs', mine('two'));
    t.match((await reload()).json(), { success: true, changed: ['mine.mjs'] });
    t.same(await answer(), { answer: 'two', word: 'none' });
    await switchyard.chat();
    t.same(
      told(),
      ['made two none', 'heard by two none'],
      'one alone hears of requests, and the old one is not closed',
    );
    (globalThis as unknown as { mineEnds: () => void }).mineEnds();
    t.equal((await slow).text, 'begun one none', 'a running request ends where it began');
    while (!told().includes('closed one none')) await switchyard.chat();

    for (const broken of ['export default {', mine('three', 'nothing.here();'), `import './none.mjs';`]) {
      write('mine.mjs', broken);
      t.equal((await reload()).status, 409, broken.slice(0, 30));
      t.match((await switchyard.ask('/health')).json(), { config_problem: { message: /mine/ } });
      t.same(await answer(), { answer: 'two', word: 'none' });
    }
    write('mine.mjs', mine('four'));
    write('helper.mjs', `${HELPER} throw new Error('half');`);
    t.match((await reload()).json(), { error: { message: /mine\.mjs cannot be loaded: half/ } });
    write('helper.mjs', HELPER);
    t.equal((await reload()).status, 200);
    t.same(await answer(), { answer: 'four', word: 'none' });
    t.equal((await switchyard.ask('/health')).json().config_problem, null);

    t.match((await become({ ...at, mine: { word: 'said' } })).json(), { changed: ['mine'] });
    t.same(await answer(), { answer: 'four', word: 'said' });
    const failing = await become({
      ...at,
      mine: { fails: true },
      providers: { other: { use: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' } },
    });
    t.match(failing.json(), { error: { code: 'config_not_reloaded', message: /it does not want to/ } });
    t.ok(switchyard.gateway.upstreams.has('lab'), 'nothing else of that config is in force');
    t.same(await answer(), { answer: 'four', word: 'said' });
    await become({});
    t.equal((await switchyard.ask('/mine')).status, 404);
  },
);

t.test("the operator's provider and strategy are loaded again, with what they import", async (t) => {
  const strategy = (from: string): string => `
import { pick } from './${from}';
export default { name: 'picks', options: { type: 'object', properties: {} }, create: () => ({ pick }) };
`;
  const config = (more: Config = {}): Config => ({ strategy: { use: './picks.mjs' }, ...more });
  const { switchyard, upstream, write, become, reload } = await setting(t, config(), {
    'picks.mjs': strategy('which.mjs'),
    'which.mjs': 'export const pick = (candidates) => candidates[0];',
  });
  const other = await startUpstream({ name: 'other' });
  t.teardown(() => other.close());
  await become(config({ providers: { a: remote(upstream), b: remote(other) } }));
  await switchyard.chat();
  t.equal(upstream.posts.length, 1);
  write('which.mjs', 'export const pick = (candidates) => candidates.at(-1);');
  t.match((await reload()).json(), { success: true, changed: ['which.mjs'], providers: { changed: [] } });
  await switchyard.chat();
  t.equal(other.posts.length, 1);
});

t.test('.env is read again; the environment still takes precedence', async (t) => {
  const lab = (upstream: Upstream): Config => ({
    providers: { lab: remote(upstream, { apiKey: '$LAB_KEY', headers: { 'x-team': '$TEAM' } }) },
  });
  const { switchyard, upstream, write, become, reload } = await setting(
    t,
    {},
    { '.env': 'LAB_KEY=first-key\nTEAM=file\n' },
    { TEAM: 'outer' },
  );
  await become(lab(upstream));
  await switchyard.chat();
  t.match(upstream.posts.at(-1)?.headers, { authorization: 'Bearer first-key', 'x-team': 'outer' });
  write('.env', 'LAB_KEY=second-key\nTEAM=other\n');
  t.match((await reload()).json(), { changed: ['providers'], providers: { changed: ['lab'] } });
  await switchyard.chat();
  t.match(upstream.posts.at(-1)?.headers, { authorization: 'Bearer second-key', 'x-team': 'outer' });
});

t.test('a provider that is known by its key comes, changes and goes with it', async (t) => {
  const { switchyard, upstream, write, become, reload } = await setting(t, {});
  const openai = (more: Config): Config => ({
    discover: true,
    providers: { openai: { baseUrl: upstream.url, ...more } },
  });
  write('.env', 'OPENAI_API_KEY=first-key\n');
  await become(openai({ models: { m: 'm' } }));
  await switchyard.chat();
  t.equal(upstream.posts.at(-1)?.headers.authorization, 'Bearer first-key');
  write('.env', 'OPENAI_API_KEY=second-key\nGROQ_API_KEY=third-key\n');
  t.match((await reload()).json().providers, { added: ['groq'], changed: ['openai'], removed: [] });
  await switchyard.chat();
  t.equal(upstream.posts.at(-1)?.headers.authorization, 'Bearer second-key');
  write('.env', 'OPENAI_API_KEY=second-key\n');
  t.match((await reload()).json().providers, { added: [], changed: [], removed: ['groq'] });
});

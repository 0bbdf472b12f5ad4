// Providers come, change and go while requests run.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startSwitchyardFrom, type Switchyard } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';
import { tinyProgram, type Tiny } from '../../tiny-program.ts';
import { startUpstream, type Upstream } from '../../upstream/upstream.ts';

type Providers = Record<string, Record<string, unknown>>;

interface Setting {
  readonly switchyard: Switchyard;
  /** Writes the config and reloads it. */
  readonly become: (
    config: object,
    files?: Readonly<Record<string, string>>,
    headers?: Record<string, string>,
  ) => ReturnType<Switchyard['ask']>;
}

const remote = (upstream: Upstream, more: object = {}): Record<string, unknown> => ({
  use: 'openai-compatible',
  baseUrl: upstream.url,
  models: { m: 'm' },
  ...more,
});

async function setting(
  t: Test,
  config: Record<string, unknown>,
  tiny?: Tiny,
  files: Readonly<Record<string, string>> = {},
): Promise<Setting> {
  const folder = testFolder(t, files);
  const file = join(folder, 'switchyard.json');
  const write = (said: object) =>
    writeFile(
      file,
      JSON.stringify({ discover: false, history: { enabled: false }, home: tiny?.home ?? './home', ...said }),
    );
  await write(config);
  const switchyard = await startSwitchyardFrom(t, folder, { env: { ...tiny?.there.env } });
  return {
    switchyard,
    become: async (next, others = {}, headers = {}) => {
      for (const [name, text] of Object.entries(others)) await writeFile(join(folder, name), text);
      await write(next);
      return switchyard.ask('/config/reload', { method: 'POST', headers });
    },
  };
}

async function upstreams(t: Test, ...names: string[]): Promise<Upstream[]> {
  const all = await Promise.all(names.map((name) => startUpstream({ name, interval: 20 })));
  t.teardown(() => Promise.all(all.map((one) => one.close())));
  return all;
}

const asksOf = ({ posts }: Upstream): number => posts.length;

t.test('a provider is added, changed and removed; what runs ends where it began', async (t) => {
  const [first, second] = (await upstreams(t, 'first', 'second')) as [Upstream, Upstream];
  const providers = { a: remote(first, { apiKey: 'key-of-before' }) };
  const { switchyard, become } = await setting(t, { providers });
  const running = switchyard.chat({ stream: true });
  const began = await first.seen();
  t.equal(began.headers.authorization, 'Bearer key-of-before');

  const added = await become({ providers: { ...providers, b: remote(second, { models: { other: 'm' } }) } });
  t.match(added.json(), {
    success: true,
    changed: ['providers'],
    restart: [],
    providers: { added: ['b'], changed: [], removed: [] },
  });
  t.equal((await switchyard.chat({ model: 'other' })).status, 200);
  t.equal(asksOf(second), 1);

  const moved = await become({ providers: { a: remote(second, { apiKey: 'key-of-after' }) } });
  t.match(moved.json().providers, { added: [], changed: ['a'], removed: ['b'] });
  t.equal((await switchyard.chat()).status, 200);
  t.equal(second.posts.at(-1)?.headers.authorization, 'Bearer key-of-after');
  t.equal(asksOf(first), 1, 'nothing new is asked where it was');
  t.match((await switchyard.chat({ model: 'other' })).json(), { error: { code: 'model_not_found' } });
  const names = (await switchyard.ask('/health')).json().providers.map(({ name }: { name: string }) => name);
  t.notOk(names.includes('b'), 'a removed provider is shown no more');

  const { broken, events } = await running;
  t.same([broken, events.at(-1)], [false, '[DONE]']);
});

t.test('what is not changed keeps its state; a file with a mistake changes nothing', async (t) => {
  const [first, second] = (await upstreams(t, 'first', 'second')) as [Upstream, Upstream];
  const providers: Providers = { a: remote(first), b: remote(second, { models: { other: 'm' } }) };
  const { switchyard, become } = await setting(t, { providers });
  await switchyard.chat();
  const target = () => switchyard.gateway.upstreams.named('a').target('m');
  const before = target();
  await become({ providers: { a: remote(first), b: remote(second) } });
  t.equal(target(), before);

  const wrong = await become({ providers: { a: remote(first), c: { use: 'openai-compatible' } } });
  t.match(
    { status: wrong.status, ...wrong.json().error },
    { status: 409, code: 'config_not_reloaded', message: /providers\.c.*baseUrl/ },
  );
  const problem = { message: /providers\.c.*baseUrl/, since: /^\d{4}-/ };
  t.match((await switchyard.ask('/health')).json(), { config_problem: problem });
  t.match((await switchyard.ask('/config/diff')).json(), { problem });
  t.ok(switchyard.gateway.upstreams.has('b'));
  t.equal((await switchyard.chat()).status, 200);
  await become({ providers });
  t.equal((await switchyard.ask('/health')).json().config_problem, null);
});

t.test('an empty file changes nothing: it may be being written', async (t) => {
  const [only] = (await upstreams(t, 'only')) as [Upstream];
  const folder = testFolder(t, {});
  const file = join(folder, 'switchyard.yaml');
  await writeFile(file, JSON.stringify({ discover: false, watch: false, providers: { a: remote(only) } }));
  const switchyard = await startSwitchyardFrom(t, folder);
  for (const text of ['', '\n']) {
    await writeFile(file, text);
    const { status, json } = await switchyard.ask('/config/reload', { method: 'POST' });
    t.match({ status, ...json().error }, { status: 409, message: /switchyard\.yaml is empty/ });
    t.equal((await switchyard.chat()).status, 200, 'its provider is still there');
  }
  await writeFile(file, '{}');
  t.equal((await switchyard.ask('/config/reload', { method: 'POST' })).status, 200);
  t.notOk(switchyard.gateway.upstreams.has('a'));
});

t.test('200 streams and 50 changes of every kind: none is lost, none is cut', async (t) => {
  const [first, second] = (await upstreams(t, 'first', 'second')) as [Upstream, Upstream];
  const base = (n: number): Record<string, unknown> => ({
    providers: {
      a: remote(n % 2 === 0 ? first : second, { apiKey: `$KEY_${n % 3}` }),
      ...(n % 3 === 0 ? {} : { b: remote(second) }),
      ...(n % 5 === 0 ? { c: remote(first, { concurrency: 1 + n }) } : {}),
    },
    strategy: { use: ['p2c', 'round-robin', 'random', './picks.mjs'][n % 4] },
    timeouts: { idle: `${30 + n}s` },
    server: { apiKeys: ['key-that-stays', `key-number-${n}`], adminKeys: ['key-of-the-admin'] },
    plugins: ['./extra.mjs'],
    extra: { n },
    dashboard: { enabled: n % 2 === 0 },
    traces: { keep: 1000 + n },
    ...(n % 4 === 0 ? { models: { m: { targets: [{ provider: 'a', weight: 1 + n }] } } } : {}),
  });
  const code = (n: number): Record<string, string> => ({
    'extra.mjs': `export default { name: 'extra', options: { type: 'object', properties: { n: {} } }, create({ n }, { app }) {
      app.get('/extra', async () => ({ n, code: ${n} }));
      app.addHook('onRequest', async () => undefined);
    } };`,
    'picks.mjs': `export default { name: 'picks', options: { type: 'object', properties: {} }, create: () => ({ pick: (candidates) => candidates[${n} % candidates.length] }) };`,
    '.env': `KEY_0=a\nKEY_1=b\nKEY_2=key-${n}\n`,
  });
  const { switchyard, become } = await setting(t, base(0), undefined, code(0));
  const headers = { authorization: 'Bearer key-that-stays' };
  const admin = { authorization: 'Bearer key-of-the-admin' };
  const extra = async (): Promise<unknown> => (await switchyard.ask('/extra', { headers: admin })).json();
  const answers = [];
  for (let n = 1; n <= 50; n++) {
    for (let each = 0; each < 4; each++) answers.push(switchyard.chat({ stream: true }, { headers }));
    const broken = [{ providers: 'none' }, { ...base(n), strategy: { use: 'none' } }, base(n)][(n / 5) % 3];
    if (n % 5 === 0) {
      const wrong = (n / 5) % 3 === 2 ? { 'extra.mjs': 'export default {' } : {};
      t.equal((await become(broken as object, wrong, admin)).status, 409, String(n));
      t.match((await switchyard.ask('/health', { headers: admin })).json().config_problem, { message: /./ });
      t.same(await extra(), { n: n - 1, code: n - 1 }, 'the last good one is in force');
    } else {
      t.match(
        await become(base(n), code(n), admin).then((answer) => [answer.status, answer.json().restart]),
        [200, []],
        String(n),
      );
      t.same(await extra(), { n, code: n });
    }
  }
  for (const { status, broken, events } of await Promise.all(answers))
    if (status !== 200 || broken || events.at(-1) !== '[DONE]') t.fail(`${status} ${events.at(-1)}`);
  t.equal(asksOf(first) + asksOf(second), 200);
});

t.test(
  'a local program is restarted only if its own entry changes, once its answers have ended',
  async (t) => {
    const tiny = tinyProgram(t);
    const [upstream] = (await upstreams(t, 'lab')) as [Upstream];
    const entry = (token: string) => ({
      use: tiny.plugin,
      source: tiny.source,
      start: 'boot',
      secrets: { TOKEN: token },
    });
    const at = (token: string): Record<string, unknown> => ({ providers: { tiny: entry(token) } });
    const { switchyard, become } = await setting(t, at('one'), tiny);
    const says = async (): Promise<string> =>
      (await switchyard.chat({ model: 't' })).json().choices[0].message.content;
    const pid = (): number | undefined => switchyard.gateway.upstreams.named('tiny').process?.pid;
    t.match(await says(), /TOKEN one/);
    const before = pid();
    const { providers } = at('one') as { providers: Providers };
    await become({ providers: { ...providers, lab: remote(upstream) }, timeouts: { idle: '9s' } });
    t.equal(pid(), before, 'it still runs');
    const { json } = await become(at('two'));
    t.same(json().providers, { added: [], changed: ['tiny'], removed: ['lab'] });
    t.match(await says(), /TOKEN two/, 'a request waits for it');
    t.not(pid(), before);
    t.throws(() => process.kill(before as number, 0), 'the old one has ended');
    await become({ providers: {} });
    const last = pid;
    t.throws(last, { code: 'provider_not_found' });
  },
);

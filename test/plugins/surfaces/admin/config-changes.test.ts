import { chmod, lstat, mkdir, readdir, readFile, rmdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { startSwitchyard, startSwitchyardFrom, type Switchyard, type Parsed } from '../../../switchyard.ts';
import { testFolder } from '../../../test-folder.ts';
import { config, inForce, KEY, setting } from './config-file.ts';
import { post } from './post.ts';

const diff = async (switchyard: Switchyard): Promise<Parsed> => (await switchyard.ask('/config/diff')).json();
const patch = (switchyard: Switchyard, model: string, targets: unknown) =>
  switchyard.ask(`/routes/${model}`, { method: 'PATCH', body: { targets } });

async function changeAll(switchyard: Switchyard): Promise<void> {
  const asked = await Promise.all([
    post(switchyard, '/config/load-balancing', { strategy: 'p2c', options: { warmUp: '7s' } }),
    post(switchyard, '/config/load-balancing', { strategy: 'sticky', model: 'n', options: { factor: 2 } }),
    patch(switchyard, 'm', [
      { provider: 'lab', weight: 5 },
      { provider: 'spare', priority: 1 },
    ]),
    patch(switchyard, 'both', [{ provider: 'third', weight: 3 }]),
  ]);
  for (const { status } of asked) if (status !== 200) throw new Error(`a change got ${status}`);
}

t.test('overrides are listed, path by path, and undone at once', async (t) => {
  const { switchyard, file } = await setting(t);
  t.same(await diff(switchyard), { file, problem: null, changes: [], shared: null });
  const { options: standard } = (await switchyard.ask('/config/load-balancing')).json();
  await changeAll(switchyard);
  const { changes } = await diff(switchyard);
  t.strictSame(
    changes.toSorted((one: Parsed, other: Parsed) => (one.path < other.path ? -1 : 1)),
    [
      {
        path: 'models.both',
        file: null,
        now: {
          targets: [
            { provider: 'spare', model: 'x' },
            { provider: 'third', model: 'y', weight: 3 },
          ],
        },
      },
      { path: 'models.m.targets[0].weight', file: 2, now: 5 },
      { path: 'models.m.targets[1].priority', file: null, default: 0, now: 1 },
      { path: 'models.n.strategy', file: { use: 'random' }, now: { use: 'sticky', factor: 2 } },
      {
        path: 'strategy',
        file: null,
        default: { use: 'p2c', ...standard },
        now: { use: 'p2c', warmUp: '7s' },
      },
    ],
  );
  t.match((await switchyard.ask('/config/load-balancing')).json(), {
    strategy: 'p2c',
    options: { warmUp: 7000 },
    from: 'override',
  });
  t.match((await switchyard.ask('/config/overrides', { method: 'DELETE' })).json(), {
    changes: 5,
    success: true,
  });
  t.same((await diff(switchyard)).changes, []);
  t.match((await switchyard.ask('/config/load-balancing')).json(), {
    options: standard,
    from: 'default',
    overrides: {},
  });
});

t.test(
  'saved overrides are in the file: comments and variables stay, and the same is in force, now and after a restart',
  async (t) => {
    const { switchyard, start, folder, file, text, url } = await setting(t);
    await chmod(file, 0o640);
    await changeAll(switchyard);
    const before = await inForce(switchyard);
    t.match((await post(switchyard, '/config/save')).json(), { file, changes: 5, success: true });
    const saved = await text();
    t.equal(
      saved,
      `${config(url)
        .replace('weight: 2 }', 'weight: 5 }')
        .replace('{ provider: spare }', '{ provider: spare, priority: 1 }')
        .replace(
          '{ use: random }, targets: [{ provider: lab }] }',
          '{ use: sticky, factor: 2 }, targets: [{ provider: lab }] }',
        )}  both:
    targets:
      - { provider: spare, model: x }
      - { provider: third, model: y, weight: 3 }
strategy: { use: p2c, warmUp: 7s }
`,
    );
    t.notMatch(saved, KEY);
    t.equal((await stat(file)).mode & 0o777, 0o640);
    t.same(await readdir(join(folder, 'home')), [], 'nothing is an override any more');
    t.same((await readdir(folder)).toSorted(), ['home', 'switchyard.yaml'], 'nothing else is left');
    t.same((await diff(switchyard)).changes, []);
    t.same(await inForce(switchyard), before);
    t.match((await switchyard.ask('/config')).json(), {
      overrides: {},
      strategy: { warmUp: 7000 },
      models: { m: { targets: [{ weight: 5 }, {}] } },
    });
    t.match((await post(switchyard, '/config/save')).json(), { changes: 0 }, 'twice is fine');
    await switchyard.close();
    const again = await start();
    t.same(await inForce(again), before);
    await patch(again, 'm', [{ provider: 'lab', weight: 6 }]);
    t.match((await post(again, '/config/save')).json(), { changes: 1 });
    t.equal(await text(), saved.replace('weight: 5 }', 'weight: 6 }'));
  },
);

t.test('a JSON file stays JSON, and a link stays a link', async (t) => {
  const write = (url: string): string =>
    JSON.stringify(
      {
        home: './home',
        discover: false,
        history: { enabled: false },
        providers: {
          lab: { use: 'openai-compatible', baseUrl: url, apiKey: '$LAB_KEY', models: { m: 'm' } },
        },
        models: { m: { targets: [{ provider: 'lab' }] } },
      },
      null,
      4,
    );
  const { switchyard, text, url } = await setting(t, { name: 'switchyard.json', write });
  await patch(switchyard, 'm', [{ provider: 'lab', weight: 2 }]);
  t.match(await post(switchyard, '/config/save'), { status: 200 });
  const after = JSON.parse(await text());
  t.same(after, { ...JSON.parse(write(url)), models: { m: { targets: [{ provider: 'lab', weight: 2 }] } } });
  const folder = testFolder(t, {
    'real.yaml': 'home: ./home\ndiscover: false\nhistory: { enabled: false }\n',
  });
  await symlink('real.yaml', join(folder, 'switchyard.yaml'));
  const linked = await startSwitchyardFrom(t, folder);
  await post(linked, '/config/load-balancing?strategy=random');
  t.match(await post(linked, '/config/save'), { status: 200 });
  t.ok((await lstat(join(folder, 'switchyard.yaml'))).isSymbolicLink());
  t.match(await readFile(join(folder, 'real.yaml'), 'utf8'), /^strategy: \{ use: random \}$/m);
});

t.test('a missing file is created; a config given by a program cannot be saved', async (t) => {
  const folder = testFolder(t, { '.env': 'SWITCHYARD=1\n' });
  const switchyard = await startSwitchyardFrom(t, folder);
  await post(switchyard, '/config/load-balancing?strategy=random');
  t.match((await post(switchyard, '/config/save')).json(), {
    file: join(folder, 'switchyard.yaml'),
    changes: 1,
  });
  t.equal(await readFile(join(folder, 'switchyard.yaml'), 'utf8'), 'strategy: { use: random }\n');
  t.match((await switchyard.ask('/config/load-balancing')).json(), { strategy: 'random', from: 'file' });
  await switchyard.close();
  const injected = await startSwitchyard(t, { home: testFolder(t, {}) });
  await post(injected, '/config/load-balancing?strategy=random');
  const refused = await post(injected, '/config/save');
  t.equal(refused.status, 409);
  t.match(refused.json().error, {
    code: 'config_not_saved',
    message: /a program gave this gateway its config/,
  });
  t.match(await diff(injected), { file: null, changes: [{ path: 'strategy' }] });
});

t.test(
  'nothing is saved into a file that has changed, cannot be written, or would not be valid',
  async (t) => {
    const { switchyard, file, text, url } = await setting(t);
    await patch(switchyard, 'm', [{ provider: 'lab', weight: 7 }]);
    const refused = async (message: RegExp): Promise<void> => {
      const before = await text();
      const { status, json } = await post(switchyard, '/config/save');
      t.match({ status, ...json().error }, { status: 409, code: 'config_not_saved', message });
      t.equal(await text(), before);
      t.equal((await diff(switchyard)).changes.length, 1, 'it holds as an override still');
    };
    await writeFile(file, `${config(url)}# mine\n`);
    await refused(/is not as it was when the gateway read it. POST \/config\/reload/);
    t.match(await post(switchyard, '/config/reload'), { status: 200 });
    t.match(await post(switchyard, '/config/save'), { status: 200 });
    t.match(await text(), /weight: 7[^]*# mine\n$/);
  },
);

t.test('a value that two places share by an anchor is not saved', async (t) => {
  const write = (url: string): string =>
    `${config(url)}  twin: &twin { targets: [{ provider: lab, model: m1 }] }\n  other: *twin\n`;
  const { switchyard, text, url } = await setting(t, { write });
  await patch(switchyard, 'twin', [{ provider: 'lab', weight: 7 }]);
  const refused = await post(switchyard, '/config/save');
  t.match(
    { status: refused.status, ...refused.json().error },
    { status: 409, message: /an anchor of YAML.*GET \/config\/diff/ },
  );
  t.equal(await text(), write(url));
});

t.test('a failed write is reported; an override without a target is left out', async (t) => {
  const { switchyard, start, file, text, url } = await setting(t);
  await patch(switchyard, 'both', [{ provider: 'third', weight: 3 }]);
  const beside = `${file}.${process.pid}.new`;
  await mkdir(beside);
  const { status, json } = await post(switchyard, '/config/save');
  t.match(
    { status, ...json().error },
    { status: 409, code: 'config_not_saved', message: /cannot be written.*Let the gateway's user/ },
  );
  t.equal(await text(), config(url), 'the file is whole');
  await rmdir(beside);
  await switchyard.close();
  const without = config(url)
    .replace(/^ {2}(spare|third): .*\n/gm, '')
    .replace(/^.*for bad days\n/m, '');
  await writeFile(file, without);
  const again = await start();
  t.match((await post(again, '/config/save')).json(), { changes: 0 });
  t.equal(await text(), without);
});

t.test('a value from a request reads no variable, not even once saved into the file', async (t) => {
  const { switchyard, start, text } = await setting(t);
  const options = { headers: ['${LAB_KEY:-x-mine}', '$$cash'] };
  t.match(await post(switchyard, '/config/load-balancing', { strategy: 'sticky', options }), {
    status: 200,
  });
  const before = await inForce(switchyard);
  t.match(await post(switchyard, '/config/save'), { status: 200 });
  t.match(await text(), 'headers:');
  await switchyard.close();
  const again = await start();
  t.same(await inForce(again), before);
  t.match((await again.ask('/config')).json().strategy, { headers: ['x-mine', '$cash'] });
});

t.test('each change is an event, with the number of changes against the file', async (t) => {
  const { switchyard } = await setting(t);
  const heard: number[] = [];
  switchyard.gateway.events.subscriber().onConfig((changes) => void heard.push(changes));
  await post(switchyard, '/config/load-balancing?strategy=random');
  await patch(switchyard, 'm', [
    { provider: 'lab', weight: 7 },
    { provider: 'spare', weight: 7 },
  ]);
  await switchyard.ask('/routes/m', { method: 'DELETE' });
  await post(switchyard, '/config/save');
  t.same(heard, [1, 3, 1, 0]);
});

t.test('with keys, saving, undoing and reloading need one', async (t) => {
  const folder = testFolder(t, {
    'switchyard.yaml':
      'discover: false\nhistory: { enabled: false }\nserver: { apiKeys: [a-long-enough-key] }\n',
  });
  await mkdir(join(folder, 'home'), { recursive: true });
  const switchyard = await startSwitchyardFrom(t, folder);
  for (const [method, path] of [
    ['GET', '/config/diff'],
    ['POST', '/config/save'],
    ['POST', '/config/reload'],
    ['DELETE', '/config/overrides'],
    ['GET', '/routes'],
    ['PATCH', '/routes/m'],
  ] as const)
    t.equal((await switchyard.ask(path, { method })).status, 401, path);
});

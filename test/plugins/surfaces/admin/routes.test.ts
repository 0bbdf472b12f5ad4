import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startSwitchyard, type Switchyard, type Parsed } from '../../../switchyard.ts';
import { startUpstream } from '../../../upstream/upstream.ts';
import { testFolder } from '../../../test-folder.ts';

async function setting(t: Test, more: Record<string, unknown> = {}) {
  const upstreams = await Promise.all(['a', 'b', 'c'].map((name) => startUpstream({ name, interval: 0 })));
  t.teardown(() => Promise.all(upstreams.map((upstream) => upstream.close())));
  const [a, b, c] = upstreams.map(({ url }) => ({
    use: 'openai-compatible',
    baseUrl: url,
    models: { m: 'own-m', 'shared/model': 's' },
  }));
  const home = testFolder(t, {});
  const config = {
    home,
    strategy: { use: 'weighted-round-robin', warmUp: 0 },
    providers: { a, b, c: { ...c, models: { other: 'o' } } },
    models: {
      m: { targets: [{ provider: 'a' }, { provider: 'b', priority: 1 }] },
      ranked: {
        strategy: { use: 'priority' },
        targets: [
          { provider: 'a', model: 'm' },
          { provider: 'a', model: 'n' },
          { provider: 'b', model: 'm', priority: 1 },
        ],
        fallbacks: ['m'],
      },
    },
    ...more,
  };
  const start = (changed: Record<string, unknown> = {}) => startSwitchyard(t, { ...config, ...changed });
  return { switchyard: await start(), home, start, upstreams };
}

async function routeOf(switchyard: Switchyard, model: string): Promise<Parsed> {
  const { data } = (await switchyard.ask('/routes')).json();
  return data.find((one: Parsed) => one.model === model);
}

const patch = (switchyard: Switchyard, model: string, targets: unknown) =>
  switchyard.ask(`/routes/${model}`, { method: 'PATCH', body: { targets } });

/** Sends that many requests; counts the answers by provider. */
async function shares(switchyard: Switchyard, count: number, model = 'm'): Promise<Record<string, number>> {
  const answers = await Promise.all(Array.from({ length: count }, () => switchyard.chat({ model })));
  const counts: Record<string, number> = {};
  for (const { status, headers } of answers) {
    const by = status === 200 ? String(headers['x-switchyard-provider']) : String(status);
    counts[by] = (counts[by] ?? 0) + 1;
  }
  return counts;
}

t.test("every balanced model is listed, with its strategy and the last minutes' shares", async (t) => {
  const { switchyard } = await setting(t);
  await shares(switchyard, 4);
  const { data, minutes } = (await switchyard.ask('/routes')).json();
  t.equal(minutes, 5);
  t.strictSame(
    data.map(({ model }: Parsed) => model),
    ['m', 'ranked', 'shared/model'],
    'a name that only one provider has is not balanced',
  );
  t.match(data[0], {
    configured: true,
    strategy: { use: 'weighted-round-robin', options: { warmUp: 0 }, from: 'file' },
    targets: [
      {
        target: 'a/own-m',
        provider: 'a',
        model: 'own-m',
        weight: 1,
        priority: 0,
        out: {},
        attempts: 2,
        share: 0.5,
      },
      { target: 'b/own-m', weight: 1, priority: 1, attempts: 2, share: 0.5 },
    ],
  });
  t.notOk('file' in data[0].targets[0]);
  t.match(data[1], {
    strategy: { use: 'priority', options: { within: { use: 'p2c' } }, from: 'file' },
    targets: [{ share: null }, {}, {}],
    fallbacks: ['m'],
  });
  t.match(data[2], { configured: false, targets: [{ target: 'a/s' }, { target: 'b/s' }] });
  t.same((await switchyard.ask('/routes/shared%2Fmodel')).json(), data[2]);
});

t.test('a model whose provider is switched off says so, and hides no other', async (t) => {
  const off = { use: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', models: { m: 'm' } };
  const switchyard = await startSwitchyard(t, {
    providers: { off: { ...off, enabled: false }, on: off },
    models: { m: { targets: [{ provider: 'off' }] }, n: { targets: [{ provider: 'on' }] } },
  });
  t.match(await routeOf(switchyard, 'm'), { targets: [], problem: /there is no provider 'off'/ });
  t.match(await routeOf(switchyard, 'n'), { targets: [{ target: 'on/n' }] });
});

t.test('another weight is in force from the next request on, is shown, and is taken back', async (t) => {
  const { switchyard } = await setting(t);
  t.same(await shares(switchyard, 8), { a: 4, b: 4 });
  const answer = await patch(switchyard, 'm', [{ provider: 'A', weight: 3 }]);
  t.match(answer, { status: 200 });
  t.match(answer.json(), {
    success: true,
    model: 'm',
    targets: [{ weight: 3, file: { weight: 1, priority: 0 } }, {}],
  });
  t.same(await shares(switchyard, 8), { a: 6, b: 2 });
  await patch(switchyard, 'm', [{ provider: 'b', model: 'own-m', weight: 3, priority: 4 }]);
  t.match(await routeOf(switchyard, 'm'), {
    targets: [
      { weight: 3, file: { weight: 1 } },
      { weight: 3, priority: 4, file: { weight: 1, priority: 1 } },
    ],
  });
  t.same((await switchyard.ask('/config')).json().overrides, {
    models: {
      m: {
        targets: [
          { provider: 'a', weight: 3 },
          { provider: 'b', weight: 3, priority: 4 },
        ],
      },
    },
  });
  await patch(switchyard, 'm', [
    { provider: 'a', weight: null },
    { provider: 'b', priority: null },
  ]);
  t.same((await switchyard.ask('/config')).json().overrides, {
    models: { m: { targets: [{ provider: 'a' }, { provider: 'b', weight: 3 }] } },
  });
  t.match((await switchyard.ask('/routes/m', { method: 'DELETE' })).json(), {
    success: true,
    targets: [{ weight: 1 }, { weight: 1 }],
  });
  t.same((await switchyard.ask('/config')).json().overrides, {});
  t.same(await shares(switchyard, 8), { a: 4, b: 4 });
  t.equal((await switchyard.ask('/routes/m', { method: 'DELETE' })).status, 200, 'twice is fine');
});

t.test('another priority makes another target the first', async (t) => {
  const { switchyard, upstreams } = await setting(t);
  await patch(switchyard, 'ranked', [
    { provider: 'a', model: 'own-m', priority: 2 },
    { provider: 'a', model: 'n', priority: 2 },
  ]);
  t.same(await shares(switchyard, 5, 'ranked'), { b: 5 });
  t.equal(upstreams[1]!.posts.length, 5);
  t.match((await switchyard.ask('/config/load-balancing')).json(), {
    modelStrategies: { ranked: { strategy: 'priority', from: 'file' } },
  });
});

t.test('it survives a restart, with a strategy beside it, and a former target is reported', async (t) => {
  const { switchyard, home, start } = await setting(t);
  await patch(switchyard, 'm', [{ provider: 'a', weight: 3 }]);
  await patch(switchyard, 'shared/model', [{ provider: 'b', weight: 3 }]);
  await switchyard.ask('/config/load-balancing?strategy=round-robin&model=m', { method: 'POST' });
  await switchyard.close();
  const again = await start();
  t.match(await routeOf(again, 'm'), {
    strategy: { use: 'round-robin', from: 'override' },
    targets: [{ weight: 3 }, { weight: 1 }],
  });
  t.match(await routeOf(again, 'shared/model'), {
    configured: false,
    targets: [
      { target: 'a/s', weight: 1 },
      { target: 'b/s', weight: 3, file: { weight: 1 } },
    ],
  });
  t.same(await shares(again, 8, 'shared/model'), { a: 2, b: 6 });
  await again.close();
  const other = await startSwitchyard(t, {
    home,
    providers: { b: { use: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', models: { m: 'm' } } },
    models: { m: { targets: [{ provider: 'b' }] } },
  });
  t.match(other.log.join('\n'), /an override is left out: 'a' is no target of the model 'm' any more/);
  t.match(other.log.join('\n'), /left out: 'a\/s' is no target of the model 'shared\/model' any more/);
  t.notMatch(other.log.join('\n'), /'b'/);
  t.match(
    await routeOf(other, 'shared/model'),
    { targets: [{ target: 'b/s' }] },
    'an unknown target gets no request',
  );
});

t.test('a model without its entry in the file keeps all of its targets', async (t) => {
  const { switchyard, start } = await setting(t);
  await patch(switchyard, 'm', [{ provider: 'a', weight: 3 }]);
  await switchyard.close();
  const again = await start({ models: {} });
  t.match(await routeOf(again, 'm'), { configured: false, targets: [{ target: 'a/own-m', weight: 3 }, {}] });
});

t.test('a mistake is reported, with the known names, and changes nothing', async (t) => {
  const { switchyard } = await setting(t);
  const wrong = async (model: string, targets: unknown, status: number, message: RegExp) => {
    const answer = await patch(switchyard, model, targets);
    t.match({ status: answer.status, message: answer.json().error.message }, { status, message });
  };
  await wrong('mm', [{ provider: 'a', weight: 1 }], 404, /'mm' does not exist here.*GET \/v1\/models/);
  await wrong(
    'm',
    [{ provider: 'c', weight: 1 }],
    400,
    /'c' is no target of the model 'm'; there are: 'a\/own-m', 'b\/own-m'/,
  );
  await wrong('m', [{ provider: 'a', model: 'x', weight: 1 }], 400, /'a\/x' is no target/);
  await wrong(
    'ranked',
    [{ provider: 'a', weight: 1 }],
    400,
    /'a' means several targets.*say which 'model'; there are: 'a\/own-m', 'a\/n'/,
  );
  await wrong(
    'm',
    [{ provider: 'a', weight: 0 }],
    400,
    /targets\[0\]\.weight: 0 is not allowed; allowed: a number above 0/,
  );
  await wrong(
    'm',
    [{ provider: 'a', weight: 1e308 }],
    400,
    /targets\[0\]\.weight: 1e\+308 is not allowed; allowed: a number above 0 and of at most 1000000/,
  );
  await wrong('m', [{ provider: 'a', priority: 1.5 }], 400, /targets\[0\]\.priority: 1.5 is not allowed/);
  await wrong('m', [{ provider: 'a', wieght: 2 }], 400, /wieght: unknown \(did you mean 'weight'\?\)/);
  await wrong('m', [{ weight: 2 }], 400, /provider: missing/);
  await wrong('m', [], 400, /a list of at least 1/);
  await wrong('m', {}, 400, /targets/);
  await wrong('m', [null], 400, /targets\[0\]/);
  await wrong('m', [{ provider: 'a', weight: '$HOME' }], 400, /HOME is not set/);
  const other = await switchyard.ask('/routes/m', { method: 'PATCH', body: { strategy: 'p2c' } });
  t.match(other.json().error.message, /'strategy' is not known here; say targets/);
  t.same((await switchyard.ask('/config')).json().overrides, {});
});

t.test('weights that change under load lose no request, and the last change is on the disk', async (t) => {
  const { switchyard, home } = await setting(t);
  const asking = shares(switchyard, 100);
  const changing = [2, 3, 4, 5].map((weight) => patch(switchyard, 'm', [{ provider: 'b', weight }]));
  const more = shares(switchyard, 100);
  t.ok((await Promise.all(changing)).every(({ status }) => status === 200));
  for (const { a = 0, b = 0 } of await Promise.all([asking, more])) t.equal(a + b, 100);
  t.same(JSON.parse(await readFile(join(home, 'overrides.json'), 'utf8')), {
    models: { m: { targets: [{ provider: 'a' }, { provider: 'b', weight: 5 }] } },
  });
});

t.test('every strategy has a description, and its options as a schema with their defaults', async (t) => {
  const { switchyard } = await setting(t);
  const { data } = (await switchyard.ask('/strategies')).json() as { data: Parsed[] };
  t.same(
    data.map(({ name }) => name),
    (await switchyard.ask('/config/load-balancing')).json().available,
  );
  for (const { name, description, options } of data) {
    t.match(description, /^[A-Z].+\.$/, name);
    t.equal(options.type, 'object', name);
    for (const [option, schema] of Object.entries(options.properties as Record<string, Parsed>))
      t.match(schema.description, /\w/, `${name}.${option}`);
  }
  t.same(
    data.filter(({ standard }) => standard).map(({ name }) => name),
    ['p2c'],
  );
  t.match(data.find(({ name }) => name === 'p2c').options.properties.warmUp, {
    format: 'duration',
    default: '4s',
  });
});

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startSwitchyard, type Switchyard } from '../../../switchyard.ts';
import { startUpstream } from '../../../upstream/upstream.ts';
import { testFolder } from '../../../test-folder.ts';

const PATH = '/config/load-balancing';

async function setting(t: Test, more: Record<string, unknown> = {}) {
  const upstreams = await Promise.all(['a', 'b'].map((name) => startUpstream({ name, interval: 0 })));
  t.teardown(() => Promise.all(upstreams.map((upstream) => upstream.close())));
  const [a, b] = upstreams.map(({ url }) => ({ use: 'openai-compatible', baseUrl: url, models: { m: 'm' } }));
  const home = testFolder(t, {});
  const config = {
    home,
    strategy: { use: 'round-robin' },
    providers: { a, b },
    models: {
      m: { targets: [{ provider: 'a' }, { provider: 'b', priority: 1 }] },
      own: { strategy: { use: 'random' }, targets: [{ provider: 'a', model: 'm' }] },
    },
    ...more,
  };
  const switchyard = await startSwitchyard(t, config);
  const start = () => startSwitchyard(t, config);
  return { switchyard, home, start, upstreams };
}

async function strategyOf(switchyard: Switchyard, model = 'm'): Promise<string> {
  await switchyard.chat({ model });
  return (await switchyard.trace()).strategy;
}

t.test('another strategy is in force from the next request on, by query or by JSON', async (t) => {
  const { switchyard, upstreams } = await setting(t);
  t.equal(await strategyOf(switchyard), 'round-robin');
  const before = Date.now() / 1000;
  const answer = await switchyard.ask(`${PATH}?strategy=priority`, { method: 'POST' });
  t.equal(answer.status, 200);
  const { timestamp, ...rest } = answer.json();
  t.strictSame(rest, { strategy: 'priority', success: true });
  t.ok(timestamp >= before && timestamp <= Date.now() / 1000);
  for (const upstream of upstreams) upstream.forget();
  for (let turn = 0; turn < 10; turn++) t.equal(await strategyOf(switchyard), 'priority');
  t.equal(upstreams[0]!.posts.length, 10, 'and it is the one that picks');
});

t.test(
  'a name with underscores is accepted, and comes back in that spelling beside the usual one',
  async (t) => {
    const { switchyard } = await setting(t);
    const underscored = { strategy: 'least_connections', use: 'least-connections', success: true };
    for (const answer of [
      await switchyard.ask(PATH, { body: { strategy: 'least_connections' } }),
      await switchyard.ask(`${PATH}?strategy=least_connections`, { method: 'POST' }),
    ]) {
      const { timestamp: _, ...rest } = answer.json();
      t.strictSame(rest, underscored);
    }
    t.equal(await strategyOf(switchyard), 'least-connections');
    t.equal(
      (await switchyard.ask(PATH)).json().strategy,
      'least-connections',
      'what is told is one name only',
    );
    for (const strategy of ['least-connections', 'Least-Connections', 'LEAST_CONNECTIONS']) {
      const { timestamp: _, ...rest } = (await switchyard.ask(PATH, { body: { strategy } })).json();
      t.strictSame(rest, { strategy: 'least-connections', success: true }, strategy);
    }
    const own = { strategy: 'round_robin', model: 'own' };
    t.match((await switchyard.ask(PATH, { body: own })).json(), { ...own, use: 'round-robin' });
    t.equal(await strategyOf(switchyard, 'own'), 'round-robin');
  },
);

t.test('a model with a strategy of its own keeps it, until its own is changed', async (t) => {
  const { switchyard } = await setting(t);
  await switchyard.ask(`${PATH}?strategy=p2c`, { method: 'POST' });
  t.equal(await strategyOf(switchyard, 'own'), 'random');
  const { json } = await switchyard.ask(PATH, {
    body: { strategy: 'sticky', model: 'own', options: { factor: 2 } },
  });
  t.match(json(), { strategy: 'sticky', model: 'own', success: true });
  t.equal(await strategyOf(switchyard, 'own'), 'sticky');
  t.equal(await strategyOf(switchyard), 'p2c');
  t.match((await switchyard.ask(PATH)).json(), {
    strategy: 'p2c',
    available: /p2c/,
    models: { own: 'random' },
    overrides: { strategy: { use: 'p2c' }, models: { own: { strategy: { use: 'sticky', factor: 2 } } } },
  });
  const config = (await switchyard.ask('/config')).json();
  t.match(config.strategy, { use: 'round-robin' }, "the file's word stands as it is");
  t.match(config.overrides, { strategy: { use: 'p2c' }, models: { own: { strategy: { factor: 2 } } } });
});

t.test('an override survives a restart, and is gone when taken back', async (t) => {
  const { switchyard, home, start } = await setting(t);
  await switchyard.ask(`${PATH}?strategy=p2c`, { method: 'POST' });
  await switchyard.ask(PATH, { body: { strategy: 'least-connections', model: 'own' } });
  await switchyard.close();
  const again = await start();
  t.equal(await strategyOf(again), 'p2c');
  t.equal(await strategyOf(again, 'own'), 'least-connections');
  t.match((await again.ask(`${PATH}?model=own`, { method: 'DELETE' })).json(), {
    strategy: 'random',
    model: 'own',
  });
  t.equal(await strategyOf(again, 'own'), 'random');
  t.match((await again.ask(`${PATH}?strategy=default`, { method: 'POST' })).json(), {
    strategy: 'round-robin',
  });
  t.equal(await strategyOf(again), 'round-robin');
  t.same((await again.ask('/config')).json().overrides, {});
  t.same(await readdir(home), [], 'nothing is left of it');
  t.equal((await again.ask(PATH, { method: 'DELETE' })).status, 200, 'twice is fine');
});

t.test(
  'an override that cannot be used any more is reported and left out, the rest is in force',
  async (t) => {
    const { home, start } = await setting(t);
    await mkdir(home, { recursive: true });
    const written = {
      strategy: { use: 'gone' },
      models: { own: { strategy: { use: 'sticky' } }, m: { strategy: { use: 'sticky', factor: 'x' } } },
    };
    await writeFile(join(home, 'overrides.json'), JSON.stringify(written));
    const switchyard = await start();
    t.equal(await strategyOf(switchyard), 'round-robin');
    t.equal(await strategyOf(switchyard, 'own'), 'sticky');
    t.match(switchyard.log.join('\n'), /an override is left out: .*'gone'/);
    await switchyard.close();
    for (const text of [
      '{"str',
      '[]',
      'null',
      '{"models":7}',
      '{"models":{"m":{}}}',
      '{"strategy":"p2c"}',
      `{"strategy":${'{"use":"priority","within":'.repeat(6_000)}{}${'}'.repeat(6_000)}}`,
    ]) {
      await writeFile(join(home, 'overrides.json'), text);
      const other = await start();
      t.equal(await strategyOf(other), 'round-robin', text.slice(0, 100));
      await other.close();
    }
  },
);

t.test('a mistake is reported, with the known names, and changes nothing', async (t) => {
  const { switchyard, home } = await setting(t);
  const wrong = async (status: number, message: RegExp, body: unknown, query = '') => {
    const answer = await switchyard.ask(PATH + query, {
      method: 'POST',
      body: body as Record<string, unknown>,
    });
    t.equal(answer.status, status, String(JSON.stringify(body)).slice(0, 200) + query);
    t.match(answer.json().error.message, message);
  };
  await wrong(
    400,
    /no strategy 'p2x' \(did you mean 'p2c'\?\); there are: .*'least-connections'.*'default'/,
    { strategy: 'p2x' },
  );
  await wrong(400, /no strategy 'x'; there are: 'health-based'/, undefined, '?strategy=x');
  await wrong(400, /no strategy '\.\/own\.ts'/, { strategy: './own.ts' });
  await wrong(400, /'strategy' is missing/, {});
  await wrong(400, /'strategy' must be a text/, { strategy: 7 });
  await wrong(400, /'strategy' must be a text/, undefined, '?strategy=p2c&strategy=random');
  await wrong(400, /'options' must be an object/, { strategy: 'p2c', options: [] });
  await wrong(400, /'weight' is not known here/, { strategy: 'p2c', weight: 1 });
  await wrong(400, /factor/, { strategy: 'sticky', options: { factor: 0 } });
  await wrong(400, /HOME is not set/, { strategy: 'sticky', options: { headers: ['$HOME'] } });
  await wrong(400, /no strategy plugin 'none'/, {
    strategy: 'priority',
    options: { within: { use: 'none' } },
  });
  const deep = `${'{"use":"priority","within":'.repeat(2_000)}{"use":"p2c"}${'}'.repeat(2_000)}`;
  await wrong(
    400,
    /within\.within\.within: nested too deep, at most 64 levels$/,
    `{"strategy":"priority","options":{"within":${deep}}}`,
  );
  await wrong(404, /the model 'mm' does not exist here/, { strategy: 'p2c', model: 'mm' });
  await wrong(400, /not valid JSON/, '{"strategy":');
  await wrong(400, /must be a JSON object/, '[]');
  const put = await switchyard.ask(PATH, { method: 'PUT', body: { strategy: 'p2c' } });
  t.equal(put.status, 405);
  t.equal(put.headers.allow, 'GET, POST, DELETE');
  const page = await switchyard.ask(`${PATH}?strategy=p2c`, {
    method: 'POST',
    headers: { origin: 'https://evil.example' },
  });
  t.equal(page.status, 403, "no web page's business");
  t.equal(await strategyOf(switchyard), 'round-robin');
  t.same(await readdir(home), []);
});

t.test('with keys, a change needs one', async (t) => {
  const { switchyard } = await setting(t, { server: { apiKeys: ['a-long-enough-key'] } });
  t.equal((await switchyard.ask(`${PATH}?strategy=p2c`, { method: 'POST' })).status, 401);
  t.equal((await switchyard.ask(PATH, { method: 'DELETE' })).status, 401);
});

t.test('switching under load loses no request, and the last change is on the disk', async (t) => {
  const { switchyard, home } = await setting(t);
  const { available } = (await switchyard.ask(PATH)).json() as { available: string[] };
  const asking = Array.from({ length: 120 }, (_, at) => switchyard.chat({ stream: at % 2 === 0 }));
  const switching = available.map((name) => switchyard.ask(`${PATH}?strategy=${name}`, { method: 'POST' }));
  const more = Array.from({ length: 120 }, (_, at) => switchyard.chat({ stream: at % 2 === 0 }));
  t.ok((await Promise.all(switching)).every(({ status }) => status === 200));
  const answers = await Promise.all([...asking, ...more]);
  t.ok(answers.every(({ status, broken }) => status === 200 && !broken));
  const { strategy } = (await switchyard.ask(PATH)).json();
  const written = JSON.parse(await readFile(join(home, 'overrides.json'), 'utf8'));
  t.same(written, { strategy: { use: strategy } });
  t.equal(await strategyOf(switchyard), strategy);
});

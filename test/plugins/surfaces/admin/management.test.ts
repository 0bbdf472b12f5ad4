import t, { type Test } from 'tap';
import { startHouse, type House, type Parsed } from '../../../house.ts';
import { startUpstream, type Upstream } from '../../../upstream/upstream.ts';
import { testFolder } from '../../../test-folder.ts';

const program = `require('http').createServer((_, r) => r.end('{}')).listen(process.env.PORT, '127.0.0.1')`;
const local = {
  use: 'process',
  command: [process.execPath, '-e', program],
  env: { PORT: '{port}' },
  probe: { path: '/', every: 50 },
  grace: 2_000,
  start: 'manual',
};
const STATS = {
  total_services: Number,
  healthy_services: Number,
  unhealthy_services: Number,
  status_breakdown: { starting: Number, healthy: Number, unhealthy: Number, stopped: Number, error: Number },
  allocated_ports: Array,
  last_updated: Number,
};

async function start(t: Test, config: Record<string, unknown> = {}): Promise<[House, Upstream]> {
  const upstream = await startUpstream({ name: 'lab', interval: 0 });
  t.teardown(() => upstream.close());
  const house = await startHouse(t, {
    home: testFolder(t, {}),
    providers: {
      lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'own-m' } },
      mine: { ...local, models: { l: 'l' } },
      broken: { ...local, command: [process.execPath, '-e', 'process.exit(3)'], models: { b: 'b' } },
    },
    ...config,
  });
  return [house, upstream];
}

const post = (house: House, path: string, body?: Record<string, unknown>) =>
  house.ask(path, { method: 'POST', ...(body ? { body } : {}) });

t.test('a program is started, stopped and restarted by name, and twice is no mistake', async (t) => {
  const [house] = await start(t);
  const pid = () => house.yard.berths.get('mine')!.process!.pid;
  for (const turn of [1, 2]) {
    const answer = await post(house, '/providers/mine/start');
    t.equal(answer.status, 200, `start ${turn}`);
    t.match(answer.json(), { provider: 'mine', action: 'start', success: true, timestamp: Number });
  }
  const first = pid();
  t.ok(first);
  t.match((await post(house, '/providers/MINE/restart')).json(), { provider: 'mine', success: true });
  t.ok(pid() && pid() !== first, 'another process');
  t.match((await house.ask('/providers/mine')).json(), {
    status: 'healthy',
    kind: 'program',
    port: Number,
    models: ['l'],
  });
  t.match((await house.ask('/providers/lab')).json(), { kind: 'remote' });
  for (const turn of [1, 2]) t.equal((await post(house, '/providers/mine/stop')).status, 200, `stop ${turn}`);
  t.equal(pid(), undefined);
  t.match((await house.ask('/providers/mine')).json(), { status: 'stopped', uptime: 0 });
});

t.test('what cannot be is refused in the words of OpenAI', async (t) => {
  const [house] = await start(t);
  for (const [path, status, code] of [
    ['/providers/nobody/start', 404, 'provider_not_found'],
    ['/providers/lab/start', 409, 'action_conflict'],
    ['/providers/lab/stop', 409, 'action_conflict'],
    ['/providers/broken/start', 503, 'process_failed'],
  ] as const) {
    const answer = await post(house, path);
    t.equal(answer.status, status, path);
    t.match(answer.json(), { error: { code, message: String } });
  }
});

t.test('a stop that comes into a start wins, and the start is told', async (t) => {
  const never = {
    ...local,
    command: [process.execPath, '-e', 'setInterval(() => {}, 1e3)'],
    models: { n: 'n' },
  };
  const [house] = await start(t, { providers: { never } });
  const { process: its } = house.yard.berths.get('never')!;
  const starting = post(house, '/providers/never/start');
  for (let turn = 0; turn < 1000 && its!.state !== 'starting'; turn++) await new Promise(setImmediate);
  t.equal((await post(house, '/providers/never/stop')).status, 200);
  const answer = await starting;
  t.equal(answer.status, 409);
  t.match(answer.json(), { error: { code: 'action_conflict' } });
});

t.test('all programs at once, each with its result', async (t) => {
  const [house] = await start(t);
  const only = { providers: ['mine', 'broken'] };
  // The fourteen are listed too, and nobody wants them fetched here.
  for (const [name, { process: its }] of house.yard.berths)
    if (its && !only.providers.includes(name)) house.yard.berths.delete(name);
  t.match((await post(house, '/providers/start-all')).json(), {
    action: 'start-all',
    results: { mine: true, broken: false },
    successful: 1,
    total: 2,
    timestamp: Number,
    errors: { broken: /exit/ },
  });
  t.match((await post(house, '/providers/stop-all')).json(), {
    action: 'stop-all',
    results: { mine: true, broken: true },
    successful: 2,
    total: 2,
  });
});

t.test('providers, health and config have the fields of the first version', async (t) => {
  const [house, upstream] = await start(t);
  await house.chat();
  upstream.behave('status-500');
  await house.chat();
  const { providers, stats } = (await house.ask('/providers')).json();
  t.match(stats, STATS);
  const lab = providers.find(({ name }: { name: string }) => name === 'lab');
  t.match(lab, {
    status: 'healthy',
    port: null,
    models: ['m'],
    response_time: Number,
    error_count: upstream.posts.length - 1,
    last_health_check: Number,
    uptime: Number,
    state: 'available',
  });
  t.ok(lab.response_time < 10 && Math.abs(lab.last_health_check - Date.now() / 1000) < 60, 'in seconds');
  const health = await house.ask('/health');
  t.equal(health.status, 200);
  t.match(health.json(), {
    status: 'healthy',
    timestamp: Number,
    version: /^\d+\.\d+\.\d+/,
    healthy_providers: Number,
    total_providers: Number,
    provider_stats: STATS,
  });
  t.match((await house.ask('/config')).json(), {
    gateway_port: Number(new URL(house.url).port),
    load_balancing_strategies: Array,
    current_strategy: String,
    service_registry: {
      services: {
        mine: {
          service_type: 'process',
          status: 'stopped',
          health_endpoint: null,
          api_endpoint: null,
          start_command: /-e/,
          models: ['l'],
        },
        lab: { service_type: 'remote', start_command: null, error_count: upstream.posts.length - 1 },
      },
      stats: STATS,
    },
    timestamp: Number,
    server: { port: Number },
  });
});

t.test(
  'the config says where a program that runs is looked at and asked, and when it was looked at last',
  async (t) => {
    const [house] = await start(t);
    await post(house, '/providers/mine/start');
    const read = async () => (await house.ask('/config')).json().service_registry.services.mine as Parsed;
    const first = await read();
    t.match(first, {
      health_endpoint: `http://127.0.0.1:${first.port}/`,
      api_endpoint: `http://127.0.0.1:${first.port}/v1/chat/completions`,
    });
    t.equal((await fetch(first.health_endpoint as string)).status, 200);
    let last = first;
    while (last.last_health_check === first.last_health_check || last.response_time === 0)
      last = await read();
    t.ok(last.last_health_check > first.last_health_check, 'each look counts, not only changes');
    t.ok(last.response_time < 5, 'in seconds');
  },
);

t.test('/v1/test asks one short question, said in the body or in the query', async (t) => {
  const [house, upstream] = await start(t, { server: { apiKeys: ['house-key'] } });
  const headers = { authorization: 'Bearer house-key', 'content-type': 'application/json' };
  const test = (path: string, body?: Record<string, unknown>) =>
    house.ask(path, { method: 'POST', headers, ...(body ? { body } : {}) });
  const query = await test('/v1/test?message=Are%20you%20there%3F&model=m');
  t.match(query.json(), {
    test_message: 'Are you there?',
    provider_used: 'lab',
    model_used: 'own-m',
    response: /Hello/,
    timestamp: Number,
  });
  t.match((await test('/v1/test', { message: 'And you?', provider: 'lab', model: 'm' })).json(), {
    test_message: 'And you?',
  });
  t.match((await test('/v1/test?model=m', { provider: null })).json(), { test_message: 'Hello, AI!' });
  t.same(
    upstream.posts
      .map((one) => one.json() as Parsed)
      .map(({ messages, max_tokens: most }) => [messages[0].content, most]),
    [
      ['Are you there?', 100],
      ['And you?', 100],
      ['Hello, AI!', 100],
    ],
  );
  t.equal((await test('/v1/test', { provider: 'nobody' })).status, 404);
  t.equal((await test('/v1/test', { message: 7 })).status, 400);
  t.equal((await house.ask('/v1/test', { method: 'POST' })).status, 401, 'the key is asked for');
  upstream.behave('status-429');
  const busy = await test('/v1/test?model=m');
  t.equal(busy.status, 429);
  t.match(busy.json(), { error: {} });
});

t.test(
  'the health is as good as what can be served: what is started by hand only does not count',
  async (t) => {
    const providers = { mine: { ...local, models: { l: 'l' } }, embedded: { enabled: false } };
    const [house] = await start(t, { providers });
    const health = async () => (await house.ask('/health')).status;
    t.equal(await health(), 503);
    await post(house, '/providers/mine/start');
    t.equal(await health(), 200);
    await post(house, '/providers/mine/stop');
    t.equal(await health(), 503);
  },
);

t.test('who cannot answer is told in words, with the remedy, and no secret', async (t) => {
  const words = `console.error('the pass is', process.env.PASS, ${JSON.stringify('x'.repeat(900))}); process.exit(3)`;
  const [house] = await start(t, {
    providers: {
      mine: { ...local, models: { l: 'l' } },
      broken: {
        ...local,
        command: [process.execPath, '-e', words],
        secrets: { PASS: 'planted-pass' },
        models: { b: 'b' },
      },
      far: { use: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', models: { f: 'f' } },
      embedded: { enabled: false },
    },
  });
  await post(house, '/providers/broken/start');
  const asked = { until: performance.now() + 60_000, detail: 'it answered 429 and asked for 60 s' };
  house.yard.berths.get('far')!.blocks.set('quota', asked);
  const health = await house.ask('/health');
  t.equal(health.status, 503);
  t.notMatch(health.text, 'planted-pass');
  const { providers } = health.json() as { providers: { name: string; message?: string }[] };
  const of = (name: string) => providers.find((one) => one.name === name)?.message ?? '';
  t.equal(of('mine'), 'stopped: not started yet; switchyard start mine');
  t.match(
    of('broken'),
    /^backoff: broken exited with code 3; last lines: the pass is \*\*\*.*; look at switchyard logs broken$/,
  );
  t.ok(of('broken').length < 300, 'short');
  t.match(of('far'), /^it answered 429 and asked for 60 s; it is asked again at 20\d\d-/);
  t.match(of('grok2api'), /set providers\.grok2api\.secrets\.SSO/);
  for (const { name, message } of providers) t.ok(message, name);

  const { process: its, blocks } = house.yard.berths.get('mine')!;
  await post(house, '/providers/mine/start');
  t.equal(its!.state, 'healthy');
  blocks.set('quota', asked);
  const again = (await house.ask('/health')).json().providers as typeof providers;
  t.match(
    again.find(({ name }) => name === 'mine')?.message,
    /^it answered 429 and asked for 60 s; it is asked again at/,
  );
  blocks.delete('quota');
  const well = (await house.ask('/health')).json().providers as typeof providers;
  t.equal(well.find(({ name }) => name === 'mine')?.message, undefined, 'nothing is wrong with it');
});

t.test('the command of a program is shown as it is run, but for its key and secrets', async (t) => {
  const words = ['{port}', '{host}', '{folder}', '{data}', '{key}', '{"json": 1}', 'pass=planted-pass'];
  const [house] = await start(t, {
    providers: {
      mine: {
        ...local,
        command: [process.execPath, '-e', program, ...words],
        secrets: { PASS: 'planted-pass' },
        models: { l: 'l' },
      },
      fixed: { ...local, port: 4711, command: ['serve', '--port', '{port}'], models: { f: 'f' } },
    },
  });
  const shown = async (name: string) =>
    (await house.ask('/config')).json().service_registry.services[name] as Parsed;
  t.match((await shown('mine')).start_command, / \{port\} 127\.0\.0\.1 \//, 'no port is known yet');
  t.equal((await shown('fixed')).start_command, 'serve --port 4711');
  await post(house, '/providers/mine/start');
  const { start_command: command, port } = await shown('mine');
  t.match(
    command,
    new RegExp(` ${port} 127\\.0\\.0\\.1 (/\\S+) (/\\S+) \\{key\\} \\{"json": 1\\} pass=\\*\\*\\*$`),
  );
});

t.test('what cannot be kept is refused with the reason, and holds as before', async (t) => {
  const [house] = await start(t, { home: `${import.meta.filename}/home` });
  const answer = await post(house, '/config/load-balancing?strategy=random');
  t.equal(answer.status, 409);
  t.match(answer.json(), {
    error: { code: 'config_not_saved', message: /overrides\.json cannot be written/ },
  });
  t.equal((await house.ask('/config/load-balancing')).json().strategy, 'p2c');
});

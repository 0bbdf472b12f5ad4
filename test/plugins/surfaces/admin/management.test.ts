import t from 'tap';
import type { Parsed } from '../../../switchyard.ts';
import { local, program, start } from './managed.ts';
import { post } from './post.ts';

const STATS = {
  total_services: Number,
  healthy_services: Number,
  unhealthy_services: Number,
  status_breakdown: { starting: Number, healthy: Number, unhealthy: Number, stopped: Number, error: Number },
  allocated_ports: Array,
  last_updated: Number,
};

t.test('providers, health and config have the fields of the first version', async (t) => {
  const [switchyard, upstream] = await start(t);
  await switchyard.chat();
  upstream.behave('status-500');
  await switchyard.chat();
  const { providers, stats } = (await switchyard.ask('/providers')).json();
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
  const health = await switchyard.ask('/health');
  t.equal(health.status, 200);
  t.match(health.json(), {
    status: 'healthy',
    timestamp: Number,
    version: /^\d+\.\d+\.\d+/,
    healthy_providers: Number,
    total_providers: Number,
    provider_stats: STATS,
  });
  t.match((await switchyard.ask('/config')).json(), {
    gateway_port: Number(new URL(switchyard.url).port),
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

t.test("the config shows a running program's probe and URL, and its last check", async (t) => {
  const [switchyard] = await start(t);
  await post(switchyard, '/providers/mine/start');
  const read = async () => (await switchyard.ask('/config')).json().service_registry.services.mine as Parsed;
  const first = await read();
  t.match(first, {
    health_endpoint: `http://127.0.0.1:${first.port}/`,
    api_endpoint: `http://127.0.0.1:${first.port}/v1/chat/completions`,
  });
  t.equal((await fetch(first.health_endpoint as string)).status, 200);
  let last = first;
  while (last.last_health_check === first.last_health_check || last.response_time === 0) last = await read();
  t.ok(last.last_health_check > first.last_health_check, 'each look counts, not only changes');
  t.ok(last.response_time < 5, 'in seconds');
});

t.test('/v1/test sends one short question, from the body or the query', async (t) => {
  const [switchyard, upstream] = await start(t, { server: { apiKeys: ['gateway-key'] } });
  const headers = { authorization: 'Bearer gateway-key', 'content-type': 'application/json' };
  const test = (path: string, body?: Record<string, unknown>) =>
    switchyard.ask(path, { method: 'POST', headers, ...(body ? { body } : {}) });
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
  t.equal((await test('/v1/test', { provider: 'unknown' })).status, 404);
  t.equal((await test('/v1/test', { message: 7 })).status, 400);
  t.equal((await switchyard.ask('/v1/test', { method: 'POST' })).status, 401, 'the key is asked for');
  upstream.behave('status-429');
  const busy = await test('/v1/test?model=m');
  t.equal(busy.status, 429);
  t.match(busy.json(), { error: {} });
});

t.test('the command of a program is shown as run, without its key and secrets', async (t) => {
  const words = ['{port}', '{host}', '{folder}', '{data}', '{key}', '{"json": 1}', 'pass=planted-pass'];
  const [switchyard] = await start(t, {
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
    (await switchyard.ask('/config')).json().service_registry.services[name] as Parsed;
  t.match((await shown('mine')).start_command, / \{port\} 127\.0\.0\.1 \//, 'no port is known yet');
  t.equal((await shown('fixed')).start_command, 'serve --port 4711');
  await post(switchyard, '/providers/mine/start');
  const { start_command: command, port } = await shown('mine');
  t.match(
    command,
    new RegExp(` ${port} 127\\.0\\.0\\.1 (/\\S+) (/\\S+) \\{key\\} \\{"json": 1\\} pass=\\*\\*\\*$`),
  );
});

t.test('a change that cannot be stored is refused with the reason, and is not in force', async (t) => {
  const [switchyard] = await start(t, { home: `${import.meta.filename}/home` });
  const answer = await post(switchyard, '/config/load-balancing?strategy=random');
  t.equal(answer.status, 409);
  t.match(answer.json(), {
    error: { code: 'config_not_saved', message: /overrides\.json cannot be written/ },
  });
  t.equal((await switchyard.ask('/config/load-balancing')).json().strategy, 'p2c');
});

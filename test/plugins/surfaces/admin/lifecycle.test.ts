import t from 'tap';
import { local, start } from './managed.ts';
import { post } from './post.ts';

t.test('a program is started, stopped and restarted by name, and twice is no error', async (t) => {
  const [switchyard] = await start(t);
  const pid = () => switchyard.gateway.upstreams.get('mine')!.process!.pid;
  for (const turn of [1, 2]) {
    const answer = await post(switchyard, '/providers/mine/start');
    t.equal(answer.status, 200, `start ${turn}`);
    t.match(answer.json(), { provider: 'mine', action: 'start', success: true, timestamp: Number });
  }
  const first = pid();
  t.ok(first);
  t.match((await post(switchyard, '/providers/MINE/restart')).json(), { provider: 'mine', success: true });
  t.ok(pid() && pid() !== first, 'another process');
  t.match((await switchyard.ask('/providers/mine')).json(), {
    status: 'healthy',
    kind: 'program',
    port: Number,
    models: ['l'],
  });
  t.match((await switchyard.ask('/providers/lab')).json(), { kind: 'remote' });
  for (const turn of [1, 2])
    t.equal((await post(switchyard, '/providers/mine/stop')).status, 200, `stop ${turn}`);
  t.equal(pid(), undefined);
  t.match((await switchyard.ask('/providers/mine')).json(), { status: 'stopped', uptime: 0 });
});

t.test("an impossible action is refused in OpenAI's format", async (t) => {
  const [switchyard] = await start(t);
  for (const [path, status, code] of [
    ['/providers/unknown/start', 404, 'provider_not_found'],
    ['/providers/lab/start', 409, 'action_conflict'],
    ['/providers/lab/stop', 409, 'action_conflict'],
    ['/providers/broken/start', 503, 'process_failed'],
  ] as const) {
    const answer = await post(switchyard, path);
    t.equal(answer.status, status, path);
    t.match(answer.json(), { error: { code, message: String } });
  }
});

t.test("a stop during a start wins, and the start's caller learns it", async (t) => {
  const never = {
    ...local,
    command: [process.execPath, '-e', 'setInterval(() => {}, 1e3)'],
    models: { n: 'n' },
  };
  const [switchyard] = await start(t, { providers: { never } });
  const { process: its } = switchyard.gateway.upstreams.get('never')!;
  const starting = post(switchyard, '/providers/never/start');
  for (let turn = 0; turn < 1000 && its!.state !== 'starting'; turn++) await new Promise(setImmediate);
  t.equal((await post(switchyard, '/providers/never/stop')).status, 200);
  const answer = await starting;
  t.equal(answer.status, 409);
  t.match(answer.json(), { error: { code: 'action_conflict' } });
});

t.test('all programs at once, each with its result', async (t) => {
  const [switchyard] = await start(t);
  const only = { providers: ['mine', 'broken'] };
  // The fourteen are listed too, and must not be fetched here.
  for (const [name, { process: its }] of switchyard.gateway.upstreams)
    if (its && !only.providers.includes(name)) switchyard.gateway.upstreams.delete(name);
  t.match((await post(switchyard, '/providers/start-all')).json(), {
    action: 'start-all',
    results: { mine: true, broken: false },
    successful: 1,
    total: 2,
    timestamp: Number,
    errors: { broken: /exit/ },
  });
  t.match((await post(switchyard, '/providers/stop-all')).json(), {
    action: 'stop-all',
    results: { mine: true, broken: true },
    successful: 2,
    total: 2,
  });
});

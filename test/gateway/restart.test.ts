import t from 'tap';
import { ask, switchyardOf, programOf, reasonFor, until } from '../plugins/supervisor/talkers.ts';

const restart = (switchyard: { ask: (path: string, options: object) => Promise<unknown> }, name: string) =>
  switchyard.ask(`/providers/${name}/restart`, { method: 'POST' });

t.test('a restart under load loses no request that another can answer', { timeout: 300_000 }, async (t) => {
  const switchyard = await switchyardOf(
    t,
    { one: { drain: '300ms' }, two: {} },
    { strategy: { use: 'round-robin' } },
  );
  await switchyard.ask('/providers/start-all', { method: 'POST' });
  const one = programOf(switchyard, 'one');
  const enough = new AbortController();
  const statuses: number[] = [];
  const cuts: unknown[] = [];
  const load = async (content: string, more = {}): Promise<void> => {
    while (!enough.signal.aborted) {
      const { status, events } = await ask(switchyard, content, more);
      statuses.push(status);
      if (events.length > 0 && events.at(-1) !== '[DONE]') cuts.push(events.at(-1));
    }
  };
  const running = [load('hello'), load('hello'), load('stream 4 10', { stream: true }), load('stream 4 10')];
  for (let times = 0; times < 3; times++) {
    const before = statuses.length;
    const { pid } = one;
    await restart(switchyard, 'one');
    t.equal(one.state, 'healthy');
    t.not(one.pid, pid);
    await until(() => statuses.length > before + 20);
  }
  enough.abort();
  await Promise.all(running);
  t.ok(statuses.length > 60);
  t.same(
    statuses.filter((status) => status !== 200),
    [],
  );
  t.same(cuts, []);
});

t.test('requests for a restarting program wait for it where no other target can answer', async (t) => {
  const switchyard = await switchyardOf(t, { one: {} });
  const before = await ask(switchyard, 'hello');
  const [, ...during] = await Promise.all([
    restart(switchyard, 'one'),
    ask(switchyard, 'hello'),
    ask(switchyard, 'hello'),
  ]);
  t.strictSame(
    during.map(({ status }) => status),
    [200, 200],
  );
  t.ok(
    during.every(({ text }) => text !== before.text),
    'it is another process that answers',
  );
  t.equal(reasonFor(programOf(switchyard, 'one'), 'stopping'), 'restart by request');
});

t.test('a program that is started by hand comes back for waiting requests, too', async (t) => {
  const switchyard = await switchyardOf(t, { one: { start: 'manual' } });
  const one = programOf(switchyard, 'one');
  await one.start('by hand');
  const [, during] = await Promise.all([restart(switchyard, 'one'), ask(switchyard, 'hello')]);
  t.equal(during.status, 200);
  await one.stop('by hand');
  t.match((await ask(switchyard, 'hello')).json().error, { code: 'provider_unavailable' });
});

t.test('a stop lets running answers end, and takes no new request', async (t) => {
  const switchyard = await switchyardOf(t, { one: {}, two: {} });
  const one = programOf(switchyard, 'one');
  await one.start('the test wants it');
  const { pid } = one;
  const running = ask(switchyard, 'stream 10 20', { stream: true });
  await until(() => switchyard.gateway.upstreams.get('one')!.use.inflight === 1);
  const stopped = one.stop('enough');
  t.equal(one.state, 'stopping', 'at once');
  t.equal(one.pid, pid);
  t.match((await ask(switchyard, 'hello')).json().choices[0].message.content, /^two /);
  const { events } = await running;
  t.equal(events.at(-1), '[DONE]');
  await stopped;
  t.equal(one.state, 'stopped');
});

t.test('an answer that takes longer ends with an error', async (t) => {
  const switchyard = await switchyardOf(t, { one: { drain: '100ms' } });
  const one = programOf(switchyard, 'one');
  await one.start('the test wants it');
  const running = ask(switchyard, 'stream 10000 20', { stream: true });
  await until(() => switchyard.gateway.upstreams.get('one')!.use.inflight === 1);
  await one.stop('enough');
  t.match((await running).events.at(-1), /"code":"stream_cut"/);
});

t.test('a gateway that closes does not wait for running answers a second time', async (t) => {
  const switchyard = await switchyardOf(t, { one: { drain: '1h' } });
  const one = programOf(switchyard, 'one');
  await one.start('the test wants it');
  const running = ask(switchyard, 'stream 10000 20', { stream: true }).catch(() => undefined);
  await until(() => switchyard.gateway.upstreams.get('one')!.use.inflight === 1);
  const stopped = one.stop('enough');
  await switchyard.close();
  await stopped;
  t.equal(one.pid, undefined);
  await running;
});

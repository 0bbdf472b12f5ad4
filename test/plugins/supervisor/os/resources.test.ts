import t from 'tap';
import { Resources } from '../../../../plugins/supervisor/os/resources.ts';
import type { Limits } from '../../../../plugins/supervisor/os/resources.ts';
import type { ProcessTree } from '../../../../kits/process-kit/process-tree.ts';
import { gone, runs, said, supervise } from '../supervise.ts';
import { ask, switchyardOf, programOf, reasonFor, until } from '../talkers.ts';

const MEBI = 2 ** 20;
const skip = process.platform === 'linux' ? false : 'needs /proc';

/** Looks at a tree of one process, whose numbers the test lends; each `look` is one. */
function injected(limits: Limits) {
  const told: string[] = [];
  const row = { pid: 7, parent: 1, group: 7, session: 7, start: '1', cpu: 0, memory: 0 };
  let at = performance.now();
  let next = (): void => {};
  const tree = { read: async () => ({ atMs: at, members: [{ ...row }] }) } as unknown as ProcessTree;
  const later = (run: () => void) => ((next = run), () => {});
  const resources = new Resources({ tree, limits, later, over: (why) => told.push(why) });
  return {
    resources,
    told,
    async look(seconds: number, { cpu = 0, memory = 0 }): Promise<void> {
      at += seconds * 1_000;
      row.cpu += cpu;
      row.memory = memory;
      next();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

t.test('a program above its memory limit for three checks in a row is reported', async (t) => {
  const { resources, told, look } = injected({ memory: 100 * MEBI });
  for (const memory of [200, 200, 50, 200, 200]) await look(2, { memory: memory * MEBI });
  t.strictSame(told, []);
  await look(2, { memory: 200 * MEBI });
  t.strictSame(told, ['uses 200 MiB of memory, more than limits.memory allows (100 MiB)']);
  t.match(resources.usage, { memory: 200 * MEBI, processes: 1 });
});

t.test('processor time counts as cores, and its limit over a minute', async (t) => {
  const { resources, told, look } = injected({ cpu: 1 });
  for (let looks = 0; looks < 29; looks++) await look(2, { cpu: 4 });
  t.equal(resources.usage?.cpu, 2);
  t.strictSame(told, []);
  await look(2, { cpu: 4 });
  t.strictSame(told, ['used 2.0 cores for a minute, more than limits.cpu allows (1)']);
});

t.test('all processes of a program are seen, those that left its group too', { skip }, async (t) => {
  const { one } = supervise(t, 'parent stray serve');
  await one.start('the test wants it');
  await said(one, 'child ');
  await until(() => one.usage?.processes === 3);
  t.ok(one.usage!.memory > 10 * MEBI && one.usage!.memory < 1_000 * MEBI);
  t.strictSame(one.describe().usage, one.usage);
  await one.stop('enough');
  t.equal(one.describe().usage, null);
});

t.test('neither a stop nor a crash leaves a process that has left the group', { skip }, async (t) => {
  const { one, address, until: comes } = supervise(t, 'stray serve');
  await one.start('the test wants it');
  const first = Number(await said(one, 'stray '));
  t.ok(runs(first));
  await fetch(`${address.origin}/crash`).catch(() => {});
  await comes('backoff');
  t.notOk(runs(first));
  await comes('healthy');
  const second = Number(one.output.findLast((line) => line.startsWith('stray '))!.slice(6));
  t.ok(runs(second));
  await one.stop('enough');
  t.ok(await gone(second));
});

t.test(
  'a program that takes too much memory is restarted, with the reason',
  { skip, timeout: 300_000 },
  async (t) => {
    const switchyard = await switchyardOf(t, { one: { limits: { memory: '300MiB' } } });
    const one = programOf(switchyard, 'one');
    await one.start('the test wants it');
    const { pid } = one;
    t.match(one.describe(), { limits: { memory: 300 * MEBI, cpu: null } });
    t.equal((await ask(switchyard, 'eat 400')).status, 200);
    await until(() => one.pid !== undefined && one.pid !== pid && one.state === 'healthy');
    t.match(
      reasonFor(one, 'stopping'),
      /^uses \d+ MiB of memory, more than limits\.memory allows \(300 MiB\)$/,
    );
    t.match(reasonFor(one, 'backoff'), /^one uses \d+ MiB of memory/);
    t.equal(one.restarts, 1);
    await until(() => one.usage);
    t.ok(one.usage!.memory < 300 * MEBI);
    t.match((await switchyard.ask('/providers/one')).json().process, {
      usage: { memory: Number, cpu: Number, processes: 1 },
    });
  },
);

t.test(
  'a program above its processor limit is restarted, although its probe answers',
  { skip, timeout: 300_000 },
  async (t) => {
    // A look each 1.1 s, since one that is a second old is as good as a new one.
    const limits = { cpu: 0.05 };
    const {
      one,
      address,
      until: comes,
      states,
    } = supervise(t, 'spin serve', { spec: { limits }, pace: 0.55 });
    await one.start('the test wants it');
    const { pid } = one;
    const { reason } = await comes('stopping');
    t.match(reason, /^used \d\.\d cores for a minute, more than limits\.cpu allows \(0\.05\)$/);
    t.notOk(states().includes('unhealthy'), 'no request had failed');
    await comes('healthy');
    t.not(one.pid, pid);
    t.equal(one.restarts, 1);
    t.equal((await fetch(`${address.origin}/health`)).status, 200);
  },
);

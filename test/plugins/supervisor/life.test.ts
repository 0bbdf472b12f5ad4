import type { ProcessState } from '../../../core/contracts/index.ts';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { membersOf } from '../../../kits/process-kit/procfs.ts';
import { chance } from '../../chance.ts';
import { runs, supervise } from './supervise.ts';
import { testFolder } from '../../test-folder.ts';

const skip = process.platform === 'linux' ? false : 'needs /proc';
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

const PROGRAMS = ['serve', 'parent serve', 'deaf parent serve'];
const STEPS = 80;
/** ms after which no step is begun any more, on a machine that is busy with others */
const ENOUGH = 45_000;
/** ms until a program must have come to rest */
const PATIENCE = 90_000;
const AT_REST: ReadonlySet<ProcessState> = new Set(['healthy', 'stopped', 'failed']);

type Life = ReturnType<typeof supervise> & { readonly pids: Set<number> };

/** What is done to a program, and in which states it may then come to rest. */
const deeds: Record<string, (life: Life) => readonly ProcessState[]> = {
  start: ({ one }) => (one.start('the test').catch(() => {}), ['healthy', 'failed']),
  stop: ({ one }) => (void one.stop('the test'), ['stopped']),
  restart: ({ one }) => (one.restart('the test').catch(() => {}), ['healthy', 'failed']),
  request: ({ one }) => (
    one.ready(AbortSignal.timeout(5_000)).catch(() => {}),
    ['healthy', 'failed', 'stopped']
  ),
  kill: (life) => signal(life, 'SIGKILL'),
  hang: (life) => signal(life, 'SIGSTOP'),
  crash: ({ one, address }) => (fetch(`${address.origin}/crash`).catch(() => {}), restOf(one.state)),
  orphan: ({ one, pids }) => {
    for (const pid of childrenOf(one, pids)) process.kill(pid, 'SIGKILL');
    return restOf(one.state);
  },
};

function signal({ one }: Life, name: NodeJS.Signals): readonly ProcessState[] {
  if (one.pid !== undefined && runs(one.pid)) process.kill(one.pid, name);
  return restOf(one.state);
}

/** Where it ends up when something happens to it: well again or failed, or where it was. */
const restOf = (state: ProcessState): readonly ProcessState[] =>
  state === 'stopped' || state === 'stopping'
    ? ['stopped', 'healthy', 'failed']
    : ['healthy', 'failed', 'stopped'];

function childrenOf({ output }: Life['one'], among: ReadonlySet<number>): number[] {
  const said = output.map((line) => Number(/^child (\d+)$/.exec(line)?.[1]));
  return said.filter((pid) => pid > 0 && runs(pid) && !among.has(pid));
}

/** What is wrong with what a program is said to be. */
async function lieOf({ one, address, pids }: Life): Promise<string | undefined> {
  const { state, pid, port } = one;
  if (state === 'healthy') {
    if (pid === undefined || !runs(pid)) return `healthy, and pid ${pid} does not run`;
    const said = await fetch(`${address.origin}/pid`).then((answer) => answer.text(), String);
    return said === String(pid) ? undefined : `healthy as ${pid}, and its port says: ${said}`;
  }
  if (pid !== undefined) return `${state}, and pid ${pid} is shown`;
  const left = [...pids].filter((leader) => membersOf(leader).length > 0);
  if (left.length > 0) return `${state}, and of the groups ${left} something runs`;
  const children = childrenOf(one, new Set());
  if (children.length > 0) return `${state}, and its children ${children} run`;
  return port !== undefined && (await isOpen(port)) ? `${state}, and port ${port} is open` : undefined;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}

/** Waits until it is at rest and what is shown is so. @returns what was wrong at the end */
async function settled(life: Life, allowed: readonly ProcessState[]): Promise<string | undefined> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    const { state } = life.one;
    const isThere = AT_REST.has(state) && allowed.includes(state);
    const lie = isThere ? await lieOf(life) : `it is ${state}, and should come to be ${allowed.join(' or ')}`;
    // What was asked while it changed says nothing.
    if (lie === undefined && life.one.state === state) return undefined;
    if (performance.now() > end) return lie;
    await sleep(10);
  }
}

t.test(
  `after any sequence of actions the shown state is the real one (SEED=${seed})`,
  { skip, timeout: 300_000 },
  async (t) => {
    t.comment(`SEED=${seed}`);
    const enough = performance.now() + ENOUGH;
    await Promise.all(
      PROGRAMS.map(async (does, nth) => {
        const random = chance(seed + nth);
        const pids = new Set<number>();
        const supervised = supervise(t, does, {
          folder: `${testFolder(t, {})}/${nth}`,
          use: () => ({ inflight: 0, begun: 0 }),
          spec: {
            probe: { method: 'GET', path: '/health', status: [200], everyMs: 300, withinMs: 10_000 },
            stop: { signal: 'SIGTERM', graceMs: 100 },
            restartUnhealthyMs: 1_000,
          },
        });
        const life: Life = { ...supervised, pids };
        const done: string[] = [];
        for (let step = 0; step < STEPS && performance.now() < enough; step++) {
          const count = random.one([1, 1, 1, 2, 3, 4]);
          const names = Array.from({ length: count }, () => random.one(Object.keys(deeds)));
          let allowed: readonly ProcessState[] = [];
          for (const name of names) {
            allowed = deeds[name]!(life);
            if (random.below(2) === 0) await sleep(random.below(60));
            if (life.one.pid !== undefined) pids.add(life.one.pid);
          }
          done.push(names.join('+'));
          const lie = await settled(life, names.length === 1 ? allowed : [...AT_REST]);
          if (life.one.pid !== undefined) pids.add(life.one.pid);
          if (lie === undefined) continue;
          const history = life.one.history.slice(-12).map(({ state, reason }) => `${state} (${reason})`);
          t.fail(`${does}, step ${step}: ${lie}`, { done: done.slice(-5), history });
          break;
        }
        t.comment(`${done.length} steps with '${does}'`);
        await life.one.close();
        t.equal(await lieOf(life), undefined, `nothing is left of '${does}' after ${done.length} steps`);
      }),
    );
  },
);

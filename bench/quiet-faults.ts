// A quiet gateway through every fault in turn, for minutes: with few requests, retry budgets must refill with time.
import type { ChildProcess } from 'node:child_process';
import { told, type Rounds, type Sample, type Study } from './experiment.ts';
import { quiet, scenes } from './faults/scenes.ts';
import { startStand, type Stand } from './faults/stand.ts';
import { trial } from './faults/trial.ts';
import { node } from './node.ts';
import type { Options } from './options.ts';
import { stop } from './processes.ts';
import { middle, total } from './report/columns.ts';
import { strategyNames } from './strategy-names.ts';
import { watch } from './watch.ts';

export const title = 'Quiet gateway, 5 requests a second, every trouble in turn';
/** A gateway's defaults. */
const usual = ['p2c'];

export default {
  name: 'quiet-faults',
  isLong: true,
  columns: [
    total('turns', 'turns'),
    total('requests', 'requests'),
    total('failed', 'failed'),
    total('silent', 'cut silently'),
    total('told', 'cut and told'),
    total('early', 'stopped before content'),
    total('moved', 'of those moved'),
    middle('p99', 'p99 ms'),
  ],
  run: quietFaults,
  faults: (sample) =>
    told(sample, { failed: 'requests failed before content', silent: 'answers cut without a word' }),
} satisfies Study;

/** One gateway for all of it, so that each fault's effects are there in the next. */
async function quietFaults(options: Options): Promise<Map<string, Rounds>> {
  const names = strategyNames({ ...options, strategies: options.strategies ?? usual });
  const times = quiet(options.minutes);
  const rows: Rounds = new Map();
  const children: ChildProcess[] = [];
  const close: (() => Promise<void>)[] = [];
  try {
    const stands: Stand[] = [];
    for (const name of names)
      stands.push(await startStand(name, scenes, node(options.withHeapFlags), children, close));
    const end = performance.now() + options.minutes * 60_000;
    for (let turn = 0; performance.now() < end; turn++) {
      const scene = scenes[turn % scenes.length]!;
      console.error(`quiet-faults ${scene.name}, ${Math.round((end - performance.now()) / 1_000)} s left`);
      const trials = stands.map(({ url, casts }) => trial(url, scene, casts.get(scene)!, times, turn));
      const { result, others } = await watch(undefined, () => Promise.all(trials));
      for (const [at, name] of names.entries())
        add(rows, `${name}, ${scene.name}`, { ...result[at], turns: 1, others });
    }
  } finally {
    await Promise.all(children.map(stop));
    await Promise.all(close.map((one) => one()));
  }
  return new Map([[title, rows]]);
}

function add(rows: Rounds, row: string, sample: Sample): void {
  const samples = rows.get(row);
  if (samples) samples.push(sample);
  else rows.set(row, [sample]);
}

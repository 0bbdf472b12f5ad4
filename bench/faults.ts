// Every strategy with every fault: the gateway itself before upstreams that misbehave, seen from outside only.
import type { ChildProcess } from 'node:child_process';
import { told, type Rounds, type Study } from './experiment.ts';
import { startStand, type Stand } from './faults/stand.ts';
import { quick, scenes, usual } from './faults/scenes.ts';
import { trial } from './faults/trial.ts';
import { node } from './node.ts';
import type { Options } from './options.ts';
import { stop } from './processes.ts';
import { faultColumns } from './report/fault-aims.ts';
import { strategyNames } from './strategy-names.ts';
import { watch } from './watch.ts';

export const titleOf = (strategy: string): string => `Faults, ${strategy}`;

export default {
  name: 'faults',
  columns: faultColumns,
  run: faults,
  faults: (sample) =>
    told(sample, { failed: 'requests failed before content', silent: 'answers cut without a word' }),
} satisfies Study;

/** More at once delay each other, and requests come in unintended bursts. */
const together = 4;

/** A table per strategy, a row per scene. */
async function faults(options: Options): Promise<Map<string, Rounds>> {
  const names = strategyNames(options);
  const cases = new Map<string, Rounds>(names.map((name) => [titleOf(name), new Map()]));
  for (let at = 0; at < names.length; at += together)
    await beside(names.slice(at, at + together), options, cases);
  return cases;
}

/** Some strategies at once, each with a gateway of its own, one scene after the other. */
async function beside(
  names: readonly string[],
  { isQuick, withHeapFlags }: Options,
  cases: ReadonlyMap<string, Rounds>,
): Promise<void> {
  const children: ChildProcess[] = [];
  const close: (() => Promise<void>)[] = [];
  const chosen = isQuick ? scenes.filter(({ name }) => ['cut', '503'].includes(name)) : scenes;
  const times = isQuick ? quick : usual;
  try {
    const stands: Stand[] = [];
    for (const strategy of names) {
      console.error(`faults: starting ${strategy}`);
      stands.push(await startStand(strategy, chosen, node(withHeapFlags), children, close));
    }
    for (const [seed, scene] of chosen.entries()) {
      console.error(`faults ${seed + 1}/${chosen.length} ${scene.name}`);
      const trials = stands.map(({ url, casts }) => trial(url, scene, casts.get(scene)!, times, seed));
      const { result, others } = await watch(undefined, () => Promise.all(trials));
      for (const [at, { strategy }] of stands.entries())
        cases.get(titleOf(strategy))!.set(scene.name, [{ ...result[at], others }]);
    }
  } finally {
    await Promise.all(children.map(stop));
    await Promise.all(close.map((one) => one()));
  }
}

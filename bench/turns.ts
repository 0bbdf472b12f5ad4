import type { Rounds, Sample } from './experiment.ts';
import type { JsonResult, JsonWork } from './load/work.ts';
import type { Peer } from './peer.ts';
import { median } from './report/columns.ts';
import { withRig, type Rig } from './rig.ts';

/** Connections of requests in turns. */
export const CONNECTIONS = 32;

/** A gateway that runs beside others, under the name of its row. */
export interface Running {
  readonly name: string;
  readonly rig: Rig;
}

/** Starts all of them, lets `work` measure, and takes everything down. */
export async function sideBySide<T>(
  [next, ...others]: readonly Peer[],
  node: readonly string[],
  work: (rigs: readonly Running[]) => Promise<T>,
  rigs: readonly Running[] = [],
): Promise<T> {
  if (!next) return work(rigs);
  return withRig(next, node, (rig) => sideBySide(others, node, work, [...rigs, { name: next.name, rig }]));
}

/** JSON requests of all of them in turns, once each has answered some. */
export async function jsonTurns(rigs: readonly Running[], isQuick: boolean): Promise<Map<string, Sample[]>> {
  const amount = isQuick ? 500 : 1_500;
  for (const { rig } of rigs) await jsonSlice(rig, { amount: 2 * amount });
  return turns(rigs, isQuick ? 2 : 40, (rig) => jsonSlice(rig, { amount }));
}

/** JSON requests of 1 KB, and what each costs. */
export async function jsonSlice(
  rig: Rig,
  work: Partial<JsonWork> & { readonly amount: number; readonly limit?: number },
): Promise<Sample> {
  const job = { connections: CONNECTIONS, bytes: 1_024, limit: 60_000, ...work };
  const { result, cpu, others } = await rig.watch<JsonResult>('json', job);
  const { answered, failed, p50, p99 } = result;
  return { cpu: cpu === undefined ? undefined : cpu / answered, failed, others, p50, p99 };
}

/** Each in its turn, the order reversed each time: drift affects all. */
export async function turns(
  rigs: readonly Running[],
  count: number,
  slice: (rig: Rig, name: string) => Promise<Sample>,
): Promise<Map<string, Sample[]>> {
  const samples = new Map(rigs.map(({ name }) => [name, [] as Sample[]]));
  for (let turn = 0; turn < count; turn += 1)
    for (const { name, rig } of turn % 2 === 0 ? rigs : rigs.toReversed())
      samples.get(name)!.push(await slice(rig, name));
  return samples;
}

/** The CPU of each row against the row `base`, turn by turn. */
export function compared(samples: ReadonlyMap<string, Sample[]>, base: string): Rounds {
  const first = samples.get(base)!;
  return new Map(
    [...samples].map(([name, all]) => {
      const ratios = all
        .map(({ cpu }, turn) => (cpu ?? NaN) / (first[turn]!['cpu'] ?? NaN))
        .sort((a, b) => a - b);
      const of = (key: string): number[] =>
        all.map((sample) => sample[key]).filter((value) => value !== undefined);
      const failed = of('failed').reduce((sum, one) => sum + one, 0);
      const quiet = quietest(all);
      const against = { ratio: median(ratios), quiet, quietRatio: quiet / quietest(first) };
      const [cpu, p50, p99, others] = ['cpu', 'p50', 'p99', 'others'].map((key) => median(of(key)));
      return [name, [{ cpu, ...against, p50, p99, failed, others }]];
    }),
  );
}

/** Other processes only ever add time: the least disturbed turns are the most exact. */
function quietest(samples: readonly Sample[]): number {
  const sorted = samples.map(({ cpu }) => cpu ?? NaN).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 5)] ?? NaN;
}

import type { Rounds, Sample } from './experiment.ts';
import { median } from './report/columns.ts';
import type { Rig } from './rig.ts';

/** A gateway that runs beside others, under the name of its row. */
export interface Running {
  readonly name: string;
  readonly rig: Rig;
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
      return [name, [{ cpu: median(of('cpu')), ...against, failed, others: median(of('others')) }]];
    }),
  );
}

/** Other processes only ever add time: the least disturbed turns are the most exact. */
function quietest(samples: readonly Sample[]): number {
  const sorted = samples.map(({ cpu }) => cpu ?? NaN).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 5)] ?? NaN;
}

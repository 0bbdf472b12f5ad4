import type { Tick } from '../../api/types.ts';

export interface Share {
  readonly target: string;
  readonly requests: number;
  /** 0 to 1 */
  readonly share: number;
}

/** Each target's share of the attempts of these seconds, the largest first. */
export function sharesOf(ticks: readonly Tick[]): readonly Share[] {
  const sums = new Map<string, number>();
  for (const { shares } of ticks)
    for (const [target, requests] of Object.entries(shares))
      sums.set(target, (sums.get(target) ?? 0) + requests);
  const all = [...sums.values()].reduce((sum, requests) => sum + requests, 0);
  return [...sums]
    .map(([target, requests]) => ({ target, requests, share: all === 0 ? 0 : requests / all }))
    .sort((a, b) => b.requests - a.requests || a.target.localeCompare(b.target));
}

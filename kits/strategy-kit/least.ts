import type { Target } from '../../core/contracts/index.ts';

/** The candidate with the lowest cost; chance decides between equals, in proportion to their weights. */
export function least(
  candidates: readonly Target[],
  random: () => number,
  cost: (target: Target) => number,
): Target | undefined {
  let best: Target | undefined;
  let lowest = Infinity;
  let equals = 0;
  for (const target of candidates) {
    const value = cost(target);
    if (value > lowest) continue;
    equals = value < lowest ? target.weight : equals + target.weight;
    if (value < lowest || random() * equals < target.weight) best = target;
    lowest = value;
  }
  return best;
}

import type { Target } from '../../../core/contracts/index.ts';

/**
 * What each weighs: as the config says; where it says nothing of any of them, as many requests as its provider bears at
 * once, and who bears any number weighs as much as the strongest.
 */
export function weights(targets: readonly Target[]): (target: Target) => number {
  if (targets.some(({ weighted }) => weighted)) return ({ weight }) => weight;
  const strongest = Math.max(0, ...targets.map(({ provider }) => provider.concurrency ?? 0)) || 1;
  return ({ provider: { concurrency = strongest } }) => concurrency;
}

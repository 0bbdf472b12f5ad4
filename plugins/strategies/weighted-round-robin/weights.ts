import type { Target } from '../../../core/contracts/index.ts';

/**
 * Weights as configured. Where none is, a target weighs as many requests as its provider takes at once; one without
 * such a limit weighs as much as the strongest.
 */
export function weights(targets: readonly Target[]): (target: Target) => number {
  if (targets.some(({ weighted }) => weighted)) return ({ weight }) => weight;
  const strongest = Math.max(0, ...targets.map(({ provider }) => provider.concurrency ?? 0)) || 1;
  return ({ provider: { concurrency = strongest } }) => concurrency;
}

import type { TargetStats } from '../../core/contracts/index.ts';

/** The option for the length of a slow start. */
export const slowStartOption = {
  format: 'duration',
  minimum: 0,
  default: '4s',
  description: 'Slow start: the time until a new or recovered target gets its full share. 0: off.',
} as const;

/**
 * Slow start: the tenths (1 to 10) of its share that a new or recovered target gets. Whole numbers, so that shares stay exact.
 * @param ms until it has its full share; 0: at once
 */
export function slowStartShare({ wellSinceMs }: TargetStats, now: number, ms: number): number {
  if (ms === 0) return 10;
  if (wellSinceMs === undefined) return 1;
  return Math.max(1, Math.min(10, Math.ceil(((now - wellSinceMs) / ms) * 10)));
}

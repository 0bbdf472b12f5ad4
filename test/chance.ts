import { chance as generator } from '../bench/simulate/chance.ts';

/** Random choices that are the same each time, for tests that try many cases. */
export function chance(seed: number): { below(most: number): number; one<T>(of: readonly T[]): T } {
  const next = generator(seed);
  const below = (most: number): number => Math.floor(next() * most);
  return { below, one: (of) => of[below(of.length)]! };
}

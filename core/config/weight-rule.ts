import { members } from './choose.ts';
import type { Mistakes } from './mistakes.ts';
import type { Path } from './path.ts';

/** Beside a larger one the others would get nothing, and the sum of some is no number any more. */
const MOST = 1_000_000;

/** What no weight of a model's targets may be above. */
export function weightRule(targets: unknown, path: Path, mistakes: Mistakes): void {
  for (const [index, target] of (Array.isArray(targets) ? targets : []).entries()) {
    const { weight } = members(target);
    if (typeof weight === 'number' && weight > MOST)
      mistakes.add(
        [...path, index, 'weight'],
        `${weight} is not allowed; allowed: a number above 0 and of at most ${MOST}`,
      );
  }
}

import { isDeepStrictEqual } from 'node:util';
import type { Overrides } from '../../../core/contracts/index.ts';
import { shown } from '../../path.ts';
import { SECTIONS } from '../overrides.ts';

/** Paths of what differs: entries by their names, without what they hold. */
export function namesChanged(before: Overrides, after: Overrides): string[] {
  const strategy = isDeepStrictEqual(before.strategy, after.strategy) ? [] : ['strategy'];
  const entries = SECTIONS.flatMap((section) => {
    const [old = {}, now = {}] = [before[section], after[section]];
    return [...new Set([...Object.keys(old), ...Object.keys(now)])]
      .filter((name) => !isDeepStrictEqual(old[name], now[name]))
      .map((name) => shown([section, name]));
  });
  return [...strategy, ...entries];
}

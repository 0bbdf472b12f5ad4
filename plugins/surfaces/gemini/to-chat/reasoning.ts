import { isObject, stringOf } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { camelled } from '../camel.ts';
import { cannotSay } from './refuse.ts';

const LEVELS = new Set(['minimal', 'low', 'medium', 'high']);
/** budgets of reasoning tokens, each with the effort that it stands for */
const BUDGETS: readonly (readonly [budget: number, effort: string])[] = [
  [4_096, 'low'],
  [16_384, 'medium'],
];

/** The `reasoning_effort` of a request; undefined: none is given. */
export function reasoningEffort(thinking: unknown, members: Members): string | undefined {
  if (thinking === undefined) return undefined;
  if (!isObject(thinking)) return cannotSay('generationConfig.thinkingConfig', thinking);
  const { thinkingBudget: budget, thinkingLevel } = camelled(thinking);
  const level = stringOf(thinkingLevel).toLowerCase();
  if (level !== '' && level !== 'thinking_level_unspecified')
    return LEVELS.has(level)
      ? level
      : cannotSay('generationConfig.thinkingConfig.thinkingLevel', thinkingLevel);
  if (typeof budget !== 'number' || budget < 0) return undefined;
  // Most chat servers cannot switch reasoning off.
  if (budget === 0) {
    members.dropped('thinkingBudget');
    return undefined;
  }
  return BUDGETS.find(([most]) => budget <= most)?.[1] ?? 'high';
}

import { isObject } from '../../../../kits/dialect-kit/json.ts';
import { cannotSay } from './refuse.ts';
import { rowOf } from '../../../../wire/row-of.ts';
import { asNumber, asText } from '../../../../kits/dialect-kit/as-text.ts';

const EFFORTS: Readonly<Record<string, string>> = {
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
};
/** budgets of reasoning tokens, each with the effort that it stands for */
const BUDGETS: readonly (readonly [budget: number, effort: string])[] = [
  [4_096, 'low'],
  [16_384, 'medium'],
];

/** The `reasoning_effort` of a request, one of three; undefined: none is given. */
export function reasoningEffort(thinking: unknown, effort: unknown): string | undefined {
  const { type, budget_tokens: budget } = isObject(thinking) ? thinking : { type: thinking };
  if (effort !== undefined && effort !== null)
    return rowOf(EFFORTS, asText(effort)) ?? cannotSay('output_config.effort', effort);
  if (type === undefined || type === 'adaptive' || type === 'disabled') return undefined;
  if (type !== 'enabled') return cannotSay('thinking', thinking);
  return BUDGETS.find(([most]) => asNumber(budget) <= most)?.[1] ?? 'high';
}

import { stringOf } from './json.ts';

/** Claude's value for each `reasoning_effort` of chat. */
const EFFORTS: Readonly<Record<string, string>> = {
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'xhigh',
  max: 'max',
};
const BUDGETS: Readonly<Record<string, number>> = { low: 2_048, medium: 8_192, high: 16_384 };
const LARGEST = 32_768;
/** the least that Claude takes */
const SMALLEST = 1_024;

/** undefined: it is no effort of chat */
export const claudeEffort = (effort: unknown): string | undefined =>
  Object.hasOwn(EFFORTS, stringOf(effort)) ? EFFORTS[stringOf(effort)] : undefined;

/**
 * The budget of reasoning tokens, for models that take a number: at most half of the answer; undefined: that is too little.
 */
export function thinkingBudget(word: string, most: number): number | undefined {
  const budget = Math.min(BUDGETS[word] ?? LARGEST, Math.floor(most / 2));
  return budget < SMALLEST ? undefined : budget;
}

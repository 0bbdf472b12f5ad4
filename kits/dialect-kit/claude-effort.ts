import { stringOf } from './json.ts';

/** Chat's words for how hard a model is to think, as Claude takes them. */
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

/** undefined: chat has no such word */
export const claudeEffort = (effort: unknown): string | undefined =>
  Object.hasOwn(EFFORTS, stringOf(effort)) ? EFFORTS[stringOf(effort)] : undefined;

/** Tokens of thought, for models that take a number, at most half of the answer; undefined: they are too few. */
export function thinkingBudget(word: string, most: number): number | undefined {
  const budget = Math.min(BUDGETS[word] ?? LARGEST, Math.floor(most / 2));
  return budget < SMALLEST ? undefined : budget;
}

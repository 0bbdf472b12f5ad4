import { isObject, type Json } from '../../../kits/dialect-kit/json.ts';

const count = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** The tokens read and written; the billed ones, which are fewer, where only those are given. */
export function chatUsage(usage: unknown): Json {
  const { tokens, billed_units: billed, cached_tokens: cached } = isObject(usage) ? usage : {};
  const counted = isObject(tokens) ? tokens : isObject(billed) ? billed : {};
  const prompt = count(counted.input_tokens);
  const completion = count(counted.output_tokens);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...(cached !== undefined && { prompt_tokens_details: { cached_tokens: count(cached) } }),
  };
}

/** Whether tokens of an answer were counted: then it was generated, though it may be empty. */
export const hasCounted = (usage: unknown): boolean => count(chatUsage(usage).completion_tokens) > 0;

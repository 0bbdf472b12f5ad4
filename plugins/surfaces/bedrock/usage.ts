import { isObject, type Json } from '../../../kits/dialect-kit/json.ts';

const count = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** The API counts tokens read from and written to a cache separately; chat includes them in the prompt. */
export function chatUsage(usage: Json): Json {
  const read = count(usage.cacheReadInputTokens);
  const written = count(usage.cacheWriteInputTokens);
  const prompt = count(usage.inputTokens) + read + written;
  const completion = count(usage.outputTokens);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: Math.max(count(usage.totalTokens), prompt + completion),
    prompt_tokens_details: { cached_tokens: read, ...(written > 0 && { cache_write_tokens: written }) },
  };
}

/** Whether tokens of the answer were counted: then it was generated, though it may be empty. */
export const hasCounted = (usage: unknown): boolean => isObject(usage) && count(usage.outputTokens) > 0;

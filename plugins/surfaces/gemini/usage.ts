import { isObject, type Json } from '../../../kits/dialect-kit/json.ts';

const count = (value: unknown): number => (typeof value === 'number' ? value : 0);

const COUNTS = ['totalTokenCount', 'promptTokenCount', 'candidatesTokenCount'];

/** Whether it counts tokens: some answers have only the service tier. */
export const isCounted = (usage: unknown): usage is Json =>
  isObject(usage) && COUNTS.some((name) => count(usage[name]) > 0);

/** The Gemini API counts reasoning and results of its own tools separately; chat includes them. */
export function chatUsage(usage: Json): Json {
  const prompt = count(usage.promptTokenCount) + count(usage.toolUsePromptTokenCount);
  const thought = count(usage.thoughtsTokenCount);
  const completion = count(usage.candidatesTokenCount) + thought;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: count(usage.totalTokenCount) || prompt + completion,
    prompt_tokens_details: { cached_tokens: count(usage.cachedContentTokenCount) },
    completion_tokens_details: { reasoning_tokens: thought },
  };
}

export function geminiUsage(usage: Json): Json {
  const [prompt, completion] = [count(usage.prompt_tokens), count(usage.completion_tokens)];
  const details = isObject(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  const read = count(details.cached_tokens) || count(usage.prompt_cache_hit_tokens);
  const thought = isObject(usage.completion_tokens_details)
    ? count(usage.completion_tokens_details.reasoning_tokens)
    : 0;
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: Math.max(0, completion - thought),
    totalTokenCount: count(usage.total_tokens) || prompt + completion,
    ...(read > 0 && { cachedContentTokenCount: read }),
    ...(thought > 0 && { thoughtsTokenCount: thought }),
  };
}

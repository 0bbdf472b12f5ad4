import { isObject, type Json } from '../../../kits/dialect-kit/json.ts';

const count = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** Chat includes tokens read from a cache in the prompt; messages counts them separately. */
export function messagesUsage(usage: Json): Json {
  const details = isObject(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  const read = count(details.cached_tokens) || count(usage.prompt_cache_hit_tokens);
  const written = count(details.cache_write_tokens) || count(details.cache_creation_tokens);
  const thought = isObject(usage.completion_tokens_details)
    ? count(usage.completion_tokens_details.reasoning_tokens)
    : 0;
  return {
    input_tokens: Math.max(0, count(usage.prompt_tokens) - read - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    output_tokens: count(usage.completion_tokens),
    ...(thought > 0 && { output_tokens_details: { thinking_tokens: thought } }),
  };
}

export function chatUsage(usage: Json): Json {
  const read = count(usage.cache_read_input_tokens);
  const written = count(usage.cache_creation_input_tokens);
  const prompt = count(usage.input_tokens) + read + written;
  const completion = count(usage.output_tokens);
  const details = isObject(usage.output_tokens_details) ? usage.output_tokens_details : {};
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: read, ...(written > 0 && { cache_write_tokens: written }) },
    ...(count(details.thinking_tokens) > 0 && {
      completion_tokens_details: { reasoning_tokens: count(details.thinking_tokens) },
    }),
  };
}

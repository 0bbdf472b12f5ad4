import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';

const count = (value: unknown): number => (typeof value === 'number' ? value : 0);

const detailsOf = (details: unknown): Json => (isObject(details) ? details : {});

/** A chat's counts as the Responses API writes them. */
export function responsesUsage(usage: Json): Json {
  const prompt = detailsOf(usage.prompt_tokens_details);
  const completion = detailsOf(usage.completion_tokens_details);
  const input = count(usage.prompt_tokens);
  const output = count(usage.completion_tokens);
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: count(prompt.cached_tokens) || count(usage.prompt_cache_hit_tokens),
      cache_write_tokens: count(prompt.cache_write_tokens) || count(prompt.cache_creation_tokens),
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: count(completion.reasoning_tokens) },
    total_tokens: count(usage.total_tokens) || input + output,
  };
}

export function chatUsage(usage: Json): Json {
  const input = detailsOf(usage.input_tokens_details);
  const output = detailsOf(usage.output_tokens_details);
  const written = count(input.cache_write_tokens);
  return {
    prompt_tokens: count(usage.input_tokens),
    completion_tokens: count(usage.output_tokens),
    total_tokens: count(usage.total_tokens) || count(usage.input_tokens) + count(usage.output_tokens),
    prompt_tokens_details: {
      cached_tokens: count(input.cached_tokens),
      ...(written > 0 && { cache_write_tokens: written }),
    },
    completion_tokens_details: { reasoning_tokens: count(output.reasoning_tokens) },
  };
}

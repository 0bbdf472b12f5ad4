import type { ListedModel } from '../../core/contracts/index.ts';

/**
 * Where servers give a model's context window: vLLM, Mistral; OpenRouter, Together, LM Studio; Groq; LiteLLM;
 * llama.cpp; OpenRouter once more; Google.
 */
const PLACES: readonly (readonly [string, string?])[] = [
  ['max_model_len'],
  ['max_context_length'],
  ['context_length'],
  ['context_window'],
  ['max_input_tokens'],
  ['loaded_context_length'],
  ['meta', 'n_ctx'],
  ['top_provider', 'context_length'],
  ['inputTokenLimit'],
];

/** What a model's description says of its context window; undefined: nothing. */
export function contextWindow(said: ListedModel): number | undefined {
  return PLACES.map((place) => windowAt(said, place)).find((window) => window !== undefined);
}

/** One model's description from all providers that have it: the first provider's, but the smallest window. */
export function mergeDescriptions(said: readonly ListedModel[]): ListedModel {
  const [first = {}, ...others] = said;
  if (others.length === 0) return first;
  const windows = said.flatMap((one) => PLACES.map((place) => windowAt(one, place)));
  const smallest = Math.min(...windows.filter((window) => window !== undefined));
  const pool = { ...first } as Record<string, unknown>;
  for (const place of PLACES) {
    if (said.every((one) => windowAt(one, place) === undefined)) continue;
    const [name, inside] = place;
    pool[name] = inside === undefined ? smallest : { ...(pool[name] as object), [inside]: smallest };
  }
  return pool;
}

function windowAt(said: ListedModel, [name, inside]: readonly [string, string?]): number | undefined {
  const value = inside === undefined ? said[name] : (said[name] as ListedModel | null | undefined)?.[inside];
  return typeof value === 'number' && value > 0 ? value : undefined;
}

import type { Json } from '../../../../kits/dialect-kit/json.ts';

/** Members that carry nothing beside usage: which answer the chunk belongs to, and padding. */
const ENVELOPE = new Set([
  'id',
  'object',
  'created',
  'model',
  'choices',
  'usage',
  'system_fingerprint',
  'service_tier',
  'obfuscation',
]);

/**
 * The chunk that counts tokens, as data for a caller that did not ask for them: what else it holds, such as the
 * `timings` that llama.cpp puts there, moves into an empty delta, because many clients read a first choice in each
 * chunk.
 * @param before the chunk before it; members equal to its own are dropped
 * @returns '' where nothing is left
 */
export function withoutUsage(chunk: Json, before: Json): string {
  const isNew = ([name, value]: [string, unknown]): boolean =>
    !ENVELOPE.has(name) && value !== null && JSON.stringify(value) !== JSON.stringify(before[name]);
  if (!Object.entries(chunk).some(isNew)) return '';
  const { usage: _, ...rest } = chunk;
  const nothing = chunk.object === 'text_completion' ? { text: '', logprobs: null } : { delta: {} };
  return JSON.stringify({ ...rest, choices: [{ index: 0, ...nothing, finish_reason: null }] });
}

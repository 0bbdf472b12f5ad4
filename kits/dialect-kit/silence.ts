import { membersOf } from '../../wire/body/json-members.ts';
import type { Call } from '../../core/contracts/index.ts';
import { isObject } from './json.ts';
import { asNumber } from './as-text.ts';

/** Members with stop sequences: OpenAI's, Anthropic's, and those of local servers. */
const STOPS = ['stop', 'stop_sequences', 'stop_token_ids'];
/** Matches a non-empty string or list; its beginning is enough. */
const HOLDS = /^(?:"[^"]|\[\s*[^\]\s])/;

/** Whether the caller gave stop sequences. Only checked where an answer is empty. */
export function hasStop(call: Call): boolean {
  if (call.format !== 'json') return false;
  const { spans } = membersOf(call, STOPS) ?? {};
  return STOPS.some((name) => {
    const { start = 0, end = 0 } = spans?.get(name) ?? {};
    return HOLDS.test(call.raw.toString('latin1', start, Math.min(end, start + 64)));
  });
}

/** Whether tokens of an answer were counted: then it was generated, though it may be empty. */
export const hasCounted = (usage: unknown): boolean =>
  isObject(usage) && [usage.completion_tokens, usage.output_tokens].some((count) => asNumber(count) > 0);

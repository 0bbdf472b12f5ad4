import { isObject, type Json } from './json.ts';

const OUT_OF_TOKENS = new Set(['length', 'max_tokens', 'model_length']);
const FILTERED = new Set(['content_filter', 'sensitive']);
const SPOKEN_OUT = new Set(['eos', 'eos_token', 'stop_sequence', 'end_turn']);
const OWN = new Set(['stop', 'length', 'tool_calls', 'content_filter', 'function_call']);
const FAILED = new Set(['error', 'network_error']);

/** Whether a choice says why it ended; a vendor may write '' where others write null. */
export const hasEnded = ({ finish_reason: reason }: Json): boolean =>
  typeof reason === 'string' && reason !== '';

/** Whether a choice ended because of an error. */
export const hasFailed = ({ finish_reason: reason }: Json): boolean => FAILED.has(reason as string);

/** Whether a choice says why there may be nothing in it: out of tokens, or filtered. */
export const isExplained = (choice: Json): boolean =>
  OUT_OF_TOKENS.has(choice.finish_reason as string) ||
  FILTERED.has(choice.finish_reason as string) ||
  isFiltered(choice.content_filter_results);

/** Whether a choice without content says how that came: as above, or by what it stopped at (vLLM, SGLang, TGI). */
export const explainsSilence = (choice: Json): boolean =>
  isExplained(choice) ||
  SPOKEN_OUT.has(choice.finish_reason as string) ||
  isPlace(choice.stop_reason) ||
  isPlace(choice.matched_stop);

/** The sequence that was met, or a token's number; some write their finish reason there. */
const isPlace = (place: unknown): boolean =>
  typeof place === 'number' || (typeof place === 'string' && !OWN.has(place) && place !== '');

const isFiltered = (results: unknown): boolean =>
  isObject(results) && Object.values(results).some((result) => isObject(result) && result.filtered === true);

/** A reason in OpenAI's own words, one that means failure as it is; undefined: it has none for that. */
export function ownReason(reason: string): string | undefined {
  if (OWN.has(reason) || FAILED.has(reason)) return reason;
  if (OUT_OF_TOKENS.has(reason)) return 'length';
  return FILTERED.has(reason) ? 'content_filter' : undefined;
}

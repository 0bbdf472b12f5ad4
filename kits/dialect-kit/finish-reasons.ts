import { errorText } from './error-text.ts';
import { isObject, type Json } from './json.ts';

const OUT_OF_TOKENS = new Set(['length', 'max_tokens', 'model_length', 'model_context_window_exceeded']);
const FILTERED = new Set(['content_filter', 'sensitive']);
const SPOKEN_OUT = new Set(['eos', 'eos_token', 'stop_sequence', 'end_turn']);
const OWN = new Set(['stop', 'length', 'tool_calls', 'content_filter', 'function_call']);
/** The server has cut its answer (DeepSeek, vLLM): the text so far is the model's. */
const BROKEN_OFF = new Set(['insufficient_system_resource', 'abort']);
const FAILED = new Set(['error', 'network_error', ...BROKEN_OFF]);

/** Whether a choice gives a finish reason; a vendor may write '' where others write null. */
export const hasEnded = ({ finish_reason: reason }: Json): boolean =>
  typeof reason === 'string' && reason !== '';

/** Whether a choice ended because of an error. */
export const hasFailed = ({ finish_reason: reason }: Json): boolean => FAILED.has(reason as string);

/** The error text of such a choice. @param text of the choice; with a bare `error` it is the error text */
export const failureIn = ({ finish_reason: reason }: Json, text: string): string | undefined =>
  BROKEN_OFF.has(reason as string)
    ? `the answer was broken off (finish_reason: ${String(reason)})`
    : errorText(text);

/** Whether the finish reason explains an empty choice: out of tokens, or filtered. */
export const isExplained = (choice: Json): boolean =>
  OUT_OF_TOKENS.has(choice.finish_reason as string) ||
  FILTERED.has(choice.finish_reason as string) ||
  isFiltered(choice.content_filter_results);

/**
 * Whether a choice without content explains itself: as above, or by the stop sequence that it met (vLLM, SGLang, TGI).
 */
export const explainsSilence = (choice: Json): boolean =>
  isExplained(choice) ||
  SPOKEN_OUT.has(choice.finish_reason as string) ||
  isPlace(choice.stop_reason) ||
  isPlace(choice.matched_stop);

/** The stop sequence that was met, or a token's number; some servers put their finish reason there. */
const isPlace = (place: unknown): boolean =>
  typeof place === 'number' || (typeof place === 'string' && !OWN.has(place) && place !== '');

const isFiltered = (results: unknown): boolean =>
  isObject(results) && Object.values(results).some((result) => isObject(result) && result.filtered === true);

/**
 * A finish reason in OpenAI's own terms; one that means failure stays as it is; undefined: OpenAI has no term for it.
 */
export function ownReason(reason: string): string | undefined {
  if (OWN.has(reason) || FAILED.has(reason)) return reason;
  if (OUT_OF_TOKENS.has(reason)) return 'length';
  return FILTERED.has(reason) ? 'content_filter' : undefined;
}

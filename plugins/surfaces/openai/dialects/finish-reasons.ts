import { isObject, type Json } from './json.ts';

const EXPLAINING = new Set(['length', 'max_tokens', 'model_length', 'content_filter', 'sensitive']);
const FAILED = new Set(['error', 'network_error']);

/** Whether a choice says why it ended; a vendor may write '' where others write null. */
export const hasEnded = ({ finish_reason: reason }: Json): boolean =>
  typeof reason === 'string' && reason !== '';

/** Whether a choice ended because of an error. */
export const hasFailed = ({ finish_reason: reason }: Json): boolean => FAILED.has(reason as string);

/** Whether a choice says why there may be nothing in it: out of tokens, or filtered. */
export const isExplained = (choice: Json): boolean =>
  EXPLAINING.has(choice.finish_reason as string) || isFiltered(choice.content_filter_results);

const isFiltered = (results: unknown): boolean =>
  isObject(results) && Object.values(results).some((result) => isObject(result) && result.filtered === true);

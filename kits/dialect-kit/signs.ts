import type { EventMeaning } from '../../core/contracts/index.ts';
import { isObject, stringOf } from './json.ts';

export const NOTHING: EventMeaning = { content: false, terminal: false };
export const CONTENT: EventMeaning = { content: true, terminal: false };
export const TERMINAL: EventMeaning = { content: false, terminal: true };

/**
 * An in-band error, with a default text where the upstream gave none.
 * @param body as received: every OpenAI SDK throws at an `error` with a message on top, so such a body may pass
 * unchanged
 */
export const failed = (
  text = 'the upstream ended its answer with an error and no text',
  body?: unknown,
): EventMeaning => ({
  content: false,
  terminal: false,
  error: text,
  native: isObject(body) && isObject(body.error) && stringOf(body.error.message) !== '',
});

import type { EventMeaning } from '../../../../core/contracts/index.ts';
import { isObject, stringOf } from './json.ts';

export const NOTHING: EventMeaning = { content: false, terminal: false };
export const CONTENT: EventMeaning = { content: true, terminal: false };
export const TERMINAL: EventMeaning = { content: false, terminal: true };

/**
 * An error said in band, with a text of its own where the upstream gave none.
 * @param body what came: every OpenAI SDK throws where it has an `error` with a message on top, so that may pass as it is
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

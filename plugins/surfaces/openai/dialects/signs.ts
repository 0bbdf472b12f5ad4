import type { Sign } from '../../../../core/contracts.ts';
import { isObject, stringOf } from './json.ts';

export const NOTHING: Sign = { content: false, terminal: false };
export const CONTENT: Sign = { content: true, terminal: false };
export const TERMINAL: Sign = { content: false, terminal: true };

/**
 * An error said in band, with a text of its own where the upstream gave none.
 * @param body what came: every OpenAI SDK throws where it has an `error` with a message on top, so that may pass as it is
 */
export const failed = (
  text = 'the upstream ended its answer with an error and no text',
  body?: unknown,
): Sign => ({
  content: false,
  terminal: false,
  error: text,
  native: isObject(body) && isObject(body.error) && stringOf(body.error.message) !== '',
});

import { errorIn, errorText } from './error-text.ts';
import { isObject, stringOf } from './json.ts';

/**
 * The text of a refusal that is not in the form `{error: {message}}`: `{detail}`, `{error: "…"}`, `{message}`, a list.
 */
export function foreignRefusal(body: unknown): string | undefined {
  if (isObject(body) && isObject(body.error) && stringOf(body.error.message) !== '') return undefined;
  return errorIn(body) ?? errorText(body) ?? 'an error without a text';
}

import { isObject, type Json } from './json.ts';
import { asNumber, asText } from './as-text.ts';

const LONGEST = 500;
/** members that hold an error's text, the most specific first */
const TEXTS = ['message', 'msg', 'detail', 'error', 'errors', 'error_description', 'title', 'reason'];
/** codes that mean success */
const FINE = new Set(['', '0', '200', 'ok', 'OK', 'success', 'Success']);

/**
 * The text of an error in a body, in any of the shapes seen in practice: `{error: {message}}`, `{error: "…"}`,
 * `{detail: …}`, `{message, code}`, `{errors: [{message}]}`. Whether other members take precedence is the caller's
 * decision.
 * @returns undefined where nothing in the body is an error
 */
export function errorIn(body: unknown): string | undefined {
  if (!isObject(body)) return undefined;
  if (body.error === true) return errorText({ ...body, error: undefined }) ?? 'an error without a text';
  return (
    errorText(body.error) ??
    errorText(body.detail) ??
    errorText(body.errors) ??
    (saysFailure(body) ? errorText(body.message ?? body.msg) : undefined)
  );
}

/** A message alone is no error, and many envelopes have `{code: 0, message: "success"}`. */
const saysFailure = ({ code, status, success, type, object }: Json): boolean =>
  success === false ||
  type === 'error' ||
  object === 'error' ||
  status === 'error' ||
  asNumber(status) >= 400 ||
  (code !== undefined && code !== null && !FINE.has(asText(code)));

/** The text in an error's value: a string, an object with a message, a list of such; undefined where it is empty. */
export function errorText(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim().slice(0, LONGEST) || undefined;
  if (Array.isArray(value)) return together(value);
  if (!isObject(value)) return undefined;
  if (Array.isArray(value.loc) && typeof value.msg === 'string') return located(value.loc, value.msg);
  const said = first(TEXTS.map((name) => value[name]));
  if (said !== undefined) return said;
  return Object.values(value).some(Boolean) ? JSON.stringify(value).slice(0, LONGEST) : undefined;
}

/** Several errors joined, up to a limit. */
function together(values: readonly unknown[]): string | undefined {
  let all = '';
  for (const value of values) {
    const text = errorText(value);
    if (text !== undefined) all += all === '' ? text : `; ${text}`;
    if (all.length > LONGEST) break;
  }
  return all.slice(0, LONGEST) || undefined;
}

/** A validation error of FastAPI: `{"loc": ["body", "messages", 0, "role"], "msg": "Field required"}`. */
const located = (path: readonly unknown[], message: string): string =>
  `${path.filter((part) => typeof part !== 'object').join('.')}: ${message}`.slice(0, LONGEST);

function first(values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const text = errorText(value);
    if (text !== undefined) return text;
  }
  return undefined;
}

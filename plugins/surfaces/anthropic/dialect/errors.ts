import type { ErrorBody, SseEvent } from '../../../../core/contracts/index.ts';
import { isObject } from '../../../../kits/dialect-kit/json.ts';
import { foreignRefusal as foreign } from '../../../../kits/dialect-kit/foreign-refusal.ts';
import { asText } from '../../../../kits/dialect-kit/as-text.ts';

/** The error types of Anthropic's API by status; what is missing is an `invalid_request_error` or an `api_error`. */
const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** An error as Anthropic's API writes it; `code` and `param` stay beside its own members. */
export function messagesError({ error }: ErrorBody, status: number, id: string): object {
  return { type: 'error', error: { ...error, type: typeOf(status) }, request_id: id };
}

/** The same as an event: its SDKs see named events only. An error of an upstream with this API keeps its own type. */
export function messagesFailure(said: ErrorBody & { type?: unknown }, status: number): SseEvent {
  const data =
    said.type === 'error' ? said : { type: 'error', error: { ...said.error, type: typeOf(status) } };
  return { event: 'error', data: JSON.stringify(data) };
}

const typeOf = (status: number): string =>
  TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');

/** The message of a refusal that is not `{type: 'error', error: {type, message}}`; undefined: it is. */
export function foreignRefusal(body: unknown): string | undefined {
  const text = foreign(body);
  if (text !== undefined || !isObject(body) || body.type === 'error') return text;
  return asText((body.error as { message: unknown }).message);
}

import type { ErrorBody, SseEvent } from '../../../../core/contracts/index.ts';
import { errorIn, errorText } from '../../../../kits/dialect-kit/error-text.ts';
import { isObject, stringOf } from '../../../../kits/dialect-kit/json.ts';

/** An error as Cohere's API writes it; the gateway's own `code` stays beside it. */
export const cohereError = (
  { error: { message, code } }: ErrorBody,
  _status: number,
  id: string,
): object => ({
  id,
  message,
  ...(code ? { code } : undefined),
});

/** The end of a stream that failed. */
export function cohereFailure({ error: { message } }: ErrorBody): SseEvent {
  const body = { type: 'message-end', delta: { finish_reason: 'ERROR', error: message } };
  return { event: body.type, data: JSON.stringify(body) };
}

/** The message of a refusal that is not `{message: "…"}`; undefined: it is. */
export function foreignRefusal(body: unknown): string | undefined {
  if (isObject(body) && stringOf(body.message) !== '') return undefined;
  return errorIn(body) ?? errorText(body) ?? 'an error without a text';
}

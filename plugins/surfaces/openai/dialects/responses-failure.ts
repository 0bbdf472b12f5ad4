import type { ErrorBody, SseEvent } from '../../../../core/contracts/index.ts';
import type { Json } from '../../../../kits/dialect-kit/json.ts';

/** What the end of a stream repeats of its beginning. */
export interface Begun {
  /** the response so far */
  readonly response: Json;
  /** of the next event */
  readonly number: number;
  /** An error event has been sent. */
  readonly told: boolean;
}

/**
 * An error event of the Responses API. Its schema wants code, message and param on top; the real API nests them in
 * `error`, and versions 5 and 6 of the official SDK throw only when they are there. So both.
 */
export const responsesFailure = (said: ErrorBody): SseEvent => errorEvent(said, 0);

/** The end of a stream as OpenAI's API writes it: its SDKs throw at the first event, and the second has the response. */
export function failedResponse(
  said: ErrorBody,
  status: number,
  { response, number, told }: Begun,
): SseEvent[] {
  const first = told ? [] : [errorEvent(said, number)];
  const type = 'response.failed';
  const code = status === 429 ? 'rate_limit_exceeded' : 'server_error';
  const failed = { ...response, status: 'failed', error: { code, message: said.error.message } };
  const data = { type, sequence_number: number + first.length, response: failed };
  return [...first, { event: type, data: JSON.stringify(data) }];
}

function errorEvent(said: ErrorBody, number: number): SseEvent {
  const { code = null, message, param = null } = said.error;
  const data = { type: 'error', code, message, param, sequence_number: number, ...said };
  return { event: 'error', data: JSON.stringify(data) };
}

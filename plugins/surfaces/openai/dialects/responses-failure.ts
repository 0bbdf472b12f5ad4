import type { ErrorBody, SseEvent } from '../../../../core/contracts/index.ts';

/**
 * An error event of the Responses API. Its schema wants code, message and param on top; the real API nests them in
 * `error`, and versions 5 and 6 of the official SDK throw only when they are there. So both.
 */
export function responsesFailure(said: ErrorBody): SseEvent {
  const { code = null, message, param = null } = said.error;
  const data = { type: 'error', code, message, param, sequence_number: 0, ...said };
  return { event: 'error', data: JSON.stringify(data) };
}

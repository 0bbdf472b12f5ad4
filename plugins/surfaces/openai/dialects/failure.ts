import type { ErrorBody } from '../../../../core/contracts/index.ts';

/** An error as an event at which OpenAI's own SDKs throw while iterating: they check for a top-level `error`. */
export const failure = (said: ErrorBody): string => `data: ${JSON.stringify(said)}\n\n`;

/**
 * The same for the Responses API. Its schema wants code, message and param on top; the real API nests them in `error`,
 * and versions 5 and 6 of the official SDK throw only when they are there. So both.
 */
export function responsesFailure(said: ErrorBody): string {
  const { code = null, message, param = null } = said.error;
  const data = { type: 'error', code, message, param, sequence_number: 0, ...said };
  return `event: error\ndata: ${JSON.stringify(data)}\n\n`;
}

/** The same for Anthropic's API, whose SDKs read named events only. */
export const messagesFailure = (said: ErrorBody): string =>
  `event: error\ndata: ${JSON.stringify({ type: 'error', ...said })}\n\n`;

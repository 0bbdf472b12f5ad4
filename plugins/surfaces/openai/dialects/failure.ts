import { errorBody, type GatewayError } from '../../../../core/errors.ts';

/** An error as an event that OpenAI's own SDKs throw while iterating: they look for a top-level `error`. */
export const failure = (error: GatewayError): string => `data: ${JSON.stringify(errorBody(error))}\n\n`;

/**
 * The same for the Responses API. Its schema wants code, message and param on top; the real API nests them in `error`,
 * and versions 5 and 6 of the official SDK throw only when they are there. So both.
 */
export function responsesFailure(error: GatewayError): string {
  const { code, message, param } = error;
  const data = { type: 'error', code, message, param, sequence_number: 0, ...errorBody(error) };
  return `event: error\ndata: ${JSON.stringify(data)}\n\n`;
}

/** The same for Anthropic's API, whose SDKs see named events only. */
export const messagesFailure = (error: GatewayError): string =>
  `event: error\ndata: ${JSON.stringify({ type: 'error', ...errorBody(error) })}\n\n`;

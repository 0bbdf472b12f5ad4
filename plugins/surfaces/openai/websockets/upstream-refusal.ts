import type { IncomingMessage } from 'node:http';
import type { Handler } from '../../../../core/contracts/index.ts';
import { GatewayError } from '../../../../core/errors.ts';

/** Passes on an answer that is no WebSocket: it is judged like the refusal of any request. */
export function tellRefusal(response: IncomingMessage, handler: Handler): void {
  const { statusCode = 0, headers } = response;
  handler.head(statusCode, headers);
  if (statusCode < 300) {
    response.destroy();
    const message = `the upstream answered ${statusCode} to the handshake of a WebSocket`;
    return handler.lost(new GatewayError('upstream_malformed', message), false);
  }
  response
    .on('data', (chunk: Buffer) => handler.data(chunk))
    .once('end', () => handler.end())
    .once('error', (error) => handler.lost(error, false));
}

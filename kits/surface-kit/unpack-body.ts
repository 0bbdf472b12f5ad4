import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { GatewayError } from '../../core/errors.ts';
import { CODINGS, decoderFor } from '../../wire/encoding/decompress.ts';

/** How the data of `deflate` begins by the standard (RFC 1950). */
const ZLIB = 0x78;

/** Whether the body must be decompressed before it can be read: Codex compresses what it sends with a login of ChatGPT. */
export const isPacked = ({ 'content-encoding': encoding }: IncomingMessage['headers']): boolean =>
  encoding !== undefined && decoderFor(encoding) !== 'plain';

/**
 * What a compressed body holds. It ends with an error where the data is broken, and where the request does.
 * @throws GatewayError `unsupported_media_type`
 */
export function unpacked(request: IncomingMessage): Readable {
  const { 'content-encoding': encoding = '' } = request.headers;
  const open = decoderFor(encoding);
  if (open === undefined || open === 'plain')
    throw new GatewayError(
      'unsupported_media_type',
      `the content encoding '${encoding}' is not read here; send the body as it is, or in one of ${CODINGS.join(', ')}`,
    );
  const body = request.pipe(open(ZLIB));
  request.on('error', (error) => body.destroy(error));
  return body;
}

/** The body is read: from here on the request's headers are those of one that was not compressed. */
export function asUnpacked({ headers }: IncomingMessage, length: number): void {
  delete headers['content-encoding'];
  headers['content-length'] = String(length);
}

/** The body is refused. The request stays, because its client is to read why. */
export function stopUnpacking(request: IncomingMessage, body: Readable, refusal: Error): Error {
  request.unpipe().resume();
  const isBroken = body.errored !== null && request.errored === null;
  body.destroy();
  if (!isBroken) return refusal;
  return new GatewayError(
    'invalid_request',
    `the body is not what 'content-encoding: ${request.headers['content-encoding']}' says (${refusal.message})`,
  );
}

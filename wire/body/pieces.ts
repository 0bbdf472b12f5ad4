import type { Pieces } from '../../core/contracts/index.ts';

/** Up to this many bytes are joined, or sent, in one go. */
const ONE_PIECE = 256 * 1024;

/** One buffer of all: slow for a long body. */
export function joined(pieces: Pieces): Buffer {
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
}

/**
 * A body as it is sent: a short one in one piece, a long one in its pieces, because joining it would delay other
 * requests.
 */
export function toSend(pieces: Pieces): Buffer | Pieces {
  return lengthOf(pieces) > ONE_PIECE && pieces.length > 1 ? pieces : joined(pieces);
}

export function lengthOf(body: Buffer | Pieces | undefined): number {
  if (body === undefined) return 0;
  if (Buffer.isBuffer(body)) return body.length;
  let length = 0;
  for (const piece of body as Pieces) length += piece.length;
  return length;
}

/** Pieces that are each quick to encrypt; undefined where the body is short. */
export function slicesOf(body: Buffer | Pieces | undefined): Iterable<Buffer> | undefined {
  if (body === undefined || lengthOf(body) <= ONE_PIECE) return undefined;
  return slices(Buffer.isBuffer(body) ? [body] : (body as Pieces));
}

function* slices(pieces: Pieces): Generator<Buffer> {
  for (const piece of pieces)
    for (let at = 0; at < piece.length; at += ONE_PIECE) yield piece.subarray(at, at + ONE_PIECE);
}

import type { Pieces } from '../../core/contracts/index.ts';

/** Up to this many bytes are put together, or sent, in one go. */
const ONE_PIECE = 256 * 1024;

/** One buffer of all: a long one takes its time. */
export function joined(pieces: Pieces): Buffer {
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
}

/** As it is sent: a short body in one piece, a long one as it is, for putting it together would hold up everybody else. */
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

/** Pieces that none takes long to encrypt; undefined where the body is a short one. */
export function slicesOf(body: Buffer | Pieces | undefined): Iterable<Buffer> | undefined {
  if (body === undefined || lengthOf(body) <= ONE_PIECE) return undefined;
  return slices(Buffer.isBuffer(body) ? [body] : (body as Pieces));
}

function* slices(pieces: Pieces): Generator<Buffer> {
  for (const piece of pieces)
    for (let at = 0; at < piece.length; at += ONE_PIECE) yield piece.subarray(at, at + ONE_PIECE);
}

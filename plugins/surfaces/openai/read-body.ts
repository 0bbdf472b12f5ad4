import type { IncomingMessage } from 'node:http';
import { errorCodes, type FastifyError } from 'fastify';
import { Gathered } from '../../../core/body/gathered.ts';

type Done = (error: Error | null, body?: Buffer) => void;

/** Looks at a body while it comes. */
export interface Watcher {
  /** @param soFar all that has come */
  advance(soFar: Buffer): void;
}

/** So many bytes of one body are read before others have their turn. */
const TURN = 256 * 1024;

/**
 * The bytes of a request, each piece put in its place and walked over as it comes: what is done at the end of a long
 * body, in one go, everybody else would wait for.
 * @param limit bytes
 * @param watcher undefined: nobody looks
 * @param done FST_ERR_CTP_BODY_TOO_LARGE, FST_ERR_CTP_INVALID_CONTENT_LENGTH, or 400 where its sender broke off
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  watcher: Watcher | undefined,
  done: Done,
): void {
  const announced = request.headers['content-length'];
  if (Number(announced) > limit) return done(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
  const body = new Gathered(announced);
  let turn = 0;
  const over = (error: Error | null): void => {
    request.off('data', add).off('end', end).off('error', broken);
    if (error) done(error);
    else done(null, body.bytes());
  };
  const add = (piece: Buffer): void => {
    body.add(piece);
    if (body.length > limit) return over(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
    watcher?.advance(body.soFar());
    turn += piece.length;
    if (turn < TURN) return;
    turn = 0;
    request.pause();
    setImmediate(() => request.resume());
  };
  const end = (): void => {
    const isWhole = announced === undefined || body.length === Number(announced);
    over(isWhole ? null : new errorCodes.FST_ERR_CTP_INVALID_CONTENT_LENGTH());
  };
  const broken = (error: FastifyError): void => over(Object.assign(error, { statusCode: 400 }));
  request.on('data', add).on('end', end).on('error', broken);
}

import type { IncomingMessage } from 'node:http';
import { errorCodes, type FastifyError } from 'fastify';
import { Gathered } from '../../../core/body/gathered.ts';

type Done = (error: Error | null, body?: Buffer) => void;

/**
 * The bytes of a request, each piece put in its place as it comes: Fastify's own reader puts a long body together at
 * its end, for which everybody else would wait.
 * @param limit bytes
 * @param done FST_ERR_CTP_BODY_TOO_LARGE, FST_ERR_CTP_INVALID_CONTENT_LENGTH, or 400 where its sender broke off
 */
export function readBody(request: IncomingMessage, limit: number, done: Done): void {
  const announced = request.headers['content-length'];
  if (Number(announced) > limit) return done(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
  const body = new Gathered(announced);
  const over = (error: Error | null): void => {
    request.off('data', add).off('end', end).off('error', broken);
    if (error) done(error);
    else done(null, body.bytes());
  };
  const add = (piece: Buffer): void => {
    body.add(piece);
    if (body.length > limit) over(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
  };
  const end = (): void => {
    const isWhole = announced === undefined || body.length === Number(announced);
    over(isWhole ? null : new errorCodes.FST_ERR_CTP_INVALID_CONTENT_LENGTH());
  };
  const broken = (error: FastifyError): void => over(Object.assign(error, { statusCode: 400 }));
  request.on('data', add).on('end', end).on('error', broken);
}

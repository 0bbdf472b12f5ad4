import { errorCodes, type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify';
import { Gathered } from '../../wire/body/gathered.ts';
import { BodyMemory, mayBeLong, type Share } from './body-memory.ts';
import type { DeadlineTimer, GatewayConfig } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** the memory that its body takes; undefined: it is short */
    bodyShare?: Share;
  }
}

type Done = (error: Error | null, body?: Buffer) => void;

/** Options of reading a body. */
export interface Reading {
  /** bytes */
  readonly limit: number;
  /** ms that no byte may come for */
  readonly idleMs: number;
  readonly clock: DeadlineTimer;
  /** Called with everything received so far, as it arrives. */
  readonly watcher: { advance(soFar: Buffer): void } | undefined;
}

/** Bytes of one body read in a row before others get their turn. */
const TURN = 256 * 1024;

/** A client that may send a long body takes a share of the memory of all long bodies, until its answer is over. */
export function shareMemory(app: FastifyInstance, { bodyMemory, bodyLimit }: GatewayConfig['server']): void {
  const memory = new BodyMemory(Math.max(bodyMemory, bodyLimit));
  app.addHook('preParsing', (request, reply, payload, done) => {
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
    if ((length !== undefined || coding !== undefined) && mayBeLong(length))
      request.bodyShare = memory.share(reply.raw);
    done(null, payload);
  });
}

/**
 * Reads the bytes of a request, each piece copied to its place and walked as it arrives: work at the end of a long
 * body, all at once, would delay every other request.
 * @param done FST_ERR_CTP_BODY_TOO_LARGE, FST_ERR_CTP_INVALID_CONTENT_LENGTH, 400 where the client broke off, or
 * GatewayError `request_too_slow`, `too_many_bodies`
 */
export function readBody(
  asked: FastifyRequest,
  { limit, idleMs, clock, watcher }: Reading,
  done: Done,
): void {
  const { raw: request, bodyShare: share } = asked;
  const announced = request.headers['content-length'];
  if (Number(announced) > limit) return done(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
  if (announced !== undefined && share?.fits(Number(announced)) === false) return done(noRoom());
  const body = new Gathered(announced);
  let turn = 0;
  const over = (error: Error | null): void => {
    clock.forget(deadline);
    request.off('data', add).off('end', end).off('error', broken);
    if (error) done(error);
    else done(null, body.bytes());
  };
  const add = (piece: Buffer): void => {
    deadline.dueMs = clock.coarseMs + idleMs;
    body.add(piece);
    if (body.length > limit) return over(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
    if (share?.grow(body.length) === false) return over(noRoom());
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
  const deadline = { dueMs: Infinity, expire: () => over(tooSlow(idleMs)) };
  clock.watch(deadline);
  deadline.dueMs = clock.coarseMs + idleMs;
  request.on('data', add).on('end', end).on('error', broken);
}

export const tooSlow = (idle: number): GatewayError =>
  new GatewayError(
    'request_too_slow',
    `nothing came of the request's body for ${idle / 1000} s; server.bodyIdle allows no more`,
  );

const noRoom = (): GatewayError =>
  new GatewayError(
    'too_many_bodies',
    'the requests that are under way take all the memory that server.bodyMemory allows; come back in a moment',
  );

import type { Readable } from 'node:stream';
import { errorCodes, type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify';
import { Gathered } from '../../wire/body/gathered.ts';
import { BodyMemory, mayBeLong, type Share } from './body-memory.ts';
import type { Deadline, DeadlineTimer, GatewayConfig } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { wantsWebSocket } from './upgrades.ts';
import { asUnpacked, isPacked, stopUnpacking, unpacked } from './unpack-body.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** the memory that its body takes; undefined: it is short */
    bodyShare?: Share;
    /** the memory that the messages of its WebSocket take; undefined: it is none */
    messageShare?: Share;
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
export function shareMemory(
  app: FastifyInstance,
  { bodyMemory, bodyLimit, threads }: GatewayConfig['server'],
): void {
  const memory = new BodyMemory(Math.max(bodyMemory / Number(threads), bodyLimit));
  app.addHook('preParsing', (request, reply, payload, done) => {
    if (wantsWebSocket(request.raw)) request.messageShare = memory.open();
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
    if ((length !== undefined || coding !== undefined) && (mayBeLong(length) || isPacked(request.headers)))
      request.bodyShare = memory.share(reply.raw);
    done(null, payload);
  });
}

/**
 * Reads the bytes of a request, each piece copied to its place and walked as it arrives: work at the end of a long
 * body, all at once, would delay every other request.
 * A compressed body is decompressed, and its headers say so no longer.
 * @param done FST_ERR_CTP_BODY_TOO_LARGE, FST_ERR_CTP_INVALID_CONTENT_LENGTH, 400 where the client broke off, or
 * GatewayError `request_too_slow`, `too_many_bodies`, `unsupported_media_type`, `invalid_request`
 */
export function readBody(asked: FastifyRequest, reading: Reading, done: Done): void {
  const { raw: request, bodyShare: share } = asked;
  const announced = request.headers['content-length'];
  if (Number(announced) > reading.limit) return done(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
  if (announced !== undefined && share?.fits(Number(announced)) === false) return done(noRoom());
  if (isPacked(request.headers)) readPacked(asked, reading, done);
  else new BodyReader(request, announced, share, reading, done).begin();
}

function readPacked({ raw: request, bodyShare: share }: FastifyRequest, reading: Reading, done: Done): void {
  let packed: Readable;
  try {
    packed = unpacked(request);
  } catch (error) {
    return done(error as Error);
  }
  const reader = new BodyReader(packed, undefined, share, reading, (error, body) => {
    if (error) return done(stopUnpacking(request, packed, error));
    asUnpacked(request, (body as Buffer).length);
    done(null, body);
  });
  reader.begin();
  // Much may come before it holds anything.
  request.on('data', () => reader.heard());
}

/** The reading of one body, until it is over. Its listeners stay: removing them costs more than a short body. */
class BodyReader implements Deadline {
  dueMs = Infinity;
  next: Deadline | undefined;
  previous: Deadline | undefined;
  readonly #source: Readable;
  readonly #announced: string | undefined;
  readonly #share: Share | undefined;
  readonly #reading: Reading;
  readonly #done: Done;
  readonly #body: Gathered;
  #turn = 0;
  #isOver = false;

  constructor(
    source: Readable,
    announced: string | undefined,
    share: Share | undefined,
    reading: Reading,
    done: Done,
  ) {
    this.#source = source;
    this.#announced = announced;
    this.#share = share;
    this.#reading = reading;
    this.#done = done;
    this.#body = new Gathered(announced);
  }

  begin(): void {
    const source = this.#source;
    this.#reading.clock.watch(this);
    this.heard();
    source.on('data', (piece: Buffer) => this.#add(piece));
    source.on('end', () => this.#end());
    source.on('error', (error: FastifyError) => this.#over(Object.assign(error, { statusCode: 400 })));
  }

  heard(): void {
    const { clock, idleMs } = this.#reading;
    if (!this.#isOver) this.dueMs = clock.coarseMs + idleMs;
  }

  expire(): void {
    this.#over(tooSlow(this.#reading.idleMs));
  }

  #add(piece: Buffer): void {
    if (this.#isOver) return;
    const { limit, watcher } = this.#reading;
    this.heard();
    this.#body.add(piece);
    if (this.#body.length > limit) return this.#over(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
    if (this.#share?.grow(this.#body.length) === false) return this.#over(noRoom());
    watcher?.advance(this.#body.soFar());
    this.#turn += piece.length;
    if (this.#turn < TURN) return;
    this.#turn = 0;
    this.#source.pause();
    setImmediate(() => this.#source.resume());
  }

  #end(): void {
    const isWhole = this.#announced === undefined || this.#body.length === Number(this.#announced);
    this.#over(isWhole ? null : new errorCodes.FST_ERR_CTP_INVALID_CONTENT_LENGTH());
  }

  #over(error: Error | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reading.clock.forget(this);
    // Also of a body that is refused, whose request may live on for a while.
    const body = this.#body.bytes();
    if (error) this.#done(error);
    else this.#done(null, body);
  }
}

export const tooSlow = (idleMs: number): GatewayError =>
  new GatewayError(
    'request_too_slow',
    `nothing came of the request's body for ${idleMs / 1000} s; server.bodyIdle allows no more`,
  );

export const noRoom = (): GatewayError =>
  new GatewayError(
    'too_many_bodies',
    'the requests that are under way take all the memory that server.bodyMemory allows; come back in a moment',
  );

import type { FastifyReply, FastifyRequest } from 'fastify';

/** Answers a `GET` that is, or should be, the handshake of a WebSocket. */
export type SocketHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<void> | void;

/** The WebSockets of one API. */
export interface Sockets {
  readonly take: SocketHandler;
  /** The gateway closes. */
  readonly stop: () => void;
}

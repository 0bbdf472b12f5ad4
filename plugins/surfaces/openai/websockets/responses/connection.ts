import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Host } from '../../../../../core/contracts/index.ts';
import type { End } from '../end.ts';
import type { Said } from './events.ts';

/** A client's WebSocket, for what answers its messages. */
export interface Connection {
  readonly host: Host;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly client: End;
}

/** A `response.create` of the client. */
export interface Asked {
  readonly message: Buffer;
  readonly said: Said;
}

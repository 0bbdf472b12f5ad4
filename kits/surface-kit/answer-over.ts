import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Call, Context, Dialect, Host, Sink, Transport } from '../../core/contracts/index.ts';
import { ClientDisconnect } from '../../core/request/client-disconnect.ts';
import { answerHooked } from './answer-hooked.ts';
import { withContext } from './answer.ts';

/** A request of a connection that outlives it, or that ends by its own protocol. */
export interface Tied {
  readonly call: Call;
  readonly dialect: Dialect;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly pin: string | undefined;
  readonly sink: Sink;
  /** the surface's own; absent: the gateway's, and hooks are asked as for any request */
  readonly transport?: Transport;
  /** what is changed of its context */
  readonly adapt?: (context: Context) => Context;
}

/** One that is under way. */
export interface UnderWay {
  /** It is over, in whatever way. */
  readonly done: Promise<void>;
  /** The client has disconnected. */
  leave(): void;
}

/**
 * Answers a request as any other. Its surface says when the client has left: an end of the connection may be a proper end.
 * @throws GatewayError when no target can answer for the model
 */
export function answerOver(
  { call, dialect, request, reply, pin, sink, transport, adapt = (context) => context }: Tied,
  gateway: Host['gateway'],
): Promise<UnderWay> | UnderWay {
  return withContext(call, dialect, request, reply, gateway, pin, (made) => {
    const disconnect = ClientDisconnect.of(request.raw.socket);
    disconnect.over();
    const context = adapt({ ...made, disconnect });
    const { current: hooks } = gateway.hooks;
    const answered = transport
      ? gateway.answer(context, sink, { transport })
      : hooks
        ? answerHooked(hooks, context, sink, gateway)
        : gateway.answer(context, sink);
    const done = answered.catch((error: unknown) => {
      reply.log.error({ err: error, id: context.id }, 'a request could not be ended');
      request.raw.socket.destroy();
    });
    return { done, leave: () => disconnect.leave() };
  });
}

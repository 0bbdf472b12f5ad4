import type { FastifyReply, FastifyRequest } from 'fastify';
import { contextOf } from '../../../core/context.ts';
import type { Call, Context, Dialect, Host } from '../../../core/contracts.ts';
import { dispatch } from '../../../core/dispatch.ts';
import type { GatewayError } from '../../../core/errors.ts';
import { KeepAlive } from '../../../core/keep-alive.ts';
import { HttpSink } from '../../../core/sink.ts';
import { pinOf } from './read-call.ts';

/** A name that nobody is known to have is looked for once more before that is said. */
export function answer(
  call: Call,
  dialect: Dialect,
  request: FastifyRequest,
  reply: FastifyReply,
  yard: Host['yard'],
): Promise<void> | void {
  const go = (): void => begin(contextOf(reply, call, dialect, yard, pinOf(request)), reply, yard);
  try {
    go();
  } catch (error) {
    if ((error as GatewayError).code !== 'model_not_found') throw error;
    return yard.lookAgain().then(go);
  }
}

function begin(context: Context, reply: FastifyReply, yard: Host['yard']): void {
  reply.hijack();
  const sink = new HttpSink(reply);
  const keepAlive = KeepAlive.of(context, sink, yard);
  const done = dispatch(context, sink, yard).catch((error: unknown) => {
    reply.log.error({ err: error, id: context.id }, 'a request could not be ended');
    reply.raw.destroy();
  });
  if (keepAlive) void done.then(() => keepAlive.over());
}

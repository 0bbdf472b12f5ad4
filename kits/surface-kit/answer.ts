import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Call, Context, Dialect, Host } from '../../core/contracts/index.ts';
import type { GatewayError } from '../../core/errors.ts';
import { checkModel } from './check-model.ts';
import { pinOf } from './read-call.ts';
import { KeepAlive } from './keep-alive.ts';
import { HttpSink } from './http-sink.ts';
import { answerHooked } from './answer-hooked.ts';
import { contextOf } from './context.ts';

/** An unknown name is looked up in the providers' lists once more before the request is refused. */
export function answer(
  call: Call,
  dialect: Dialect,
  request: FastifyRequest,
  reply: FastifyReply,
  gateway: Host['gateway'],
  sink = new HttpSink(reply),
  pin = pinOf(request),
): Promise<void> | void {
  checkModel(request.caller, call.model);
  const go = (): void => begin(contextOf(reply, call, dialect, gateway, pin), reply, gateway, sink);
  try {
    go();
  } catch (error) {
    if ((error as GatewayError).code !== 'model_not_found') throw error;
    return gateway.models.refresh().then(go);
  }
}

function begin(context: Context, reply: FastifyReply, gateway: Host['gateway'], sink: HttpSink): void {
  reply.hijack();
  sink.begin(context);
  const keepAlive = KeepAlive.of(context, sink, gateway);
  const { current: hooks } = gateway.hooks;
  const answered = hooks ? answerHooked(hooks, context, sink, gateway) : gateway.answer(context, sink);
  const done = answered.catch((error: unknown) => {
    reply.log.error({ err: error, id: context.id }, 'a request could not be ended');
    reply.raw.destroy();
  });
  if (keepAlive) void done.then(() => keepAlive.over());
}

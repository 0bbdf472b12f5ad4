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
  return withContext(call, dialect, request, reply, gateway, pin, (context) =>
    begin(context, reply, gateway, sink),
  );
}

/** The same for any kind of answer. @param go what is done with the request */
export function withContext<Result>(
  call: Call,
  dialect: Dialect,
  request: FastifyRequest,
  reply: FastifyReply,
  gateway: Host['gateway'],
  pin: string | undefined,
  go: (context: Context) => Result,
): Promise<Result> | Result {
  checkModel(request.caller, call.model);
  const once = (): Result => go(contextOf(reply, call, dialect, gateway, pin));
  try {
    return once();
  } catch (error) {
    if ((error as GatewayError).code !== 'model_not_found') throw error;
    return gateway.models.refresh().then(once);
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

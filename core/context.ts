import type { FastifyReply } from 'fastify';
import type { Call, Context, Dialect, Trace } from './contracts.ts';
import { Leaving } from './leaving.ts';
import type { Yard } from './yard.ts';

let counter = 0;
const prefix = `${Date.now().toString(36)}${Math.floor(Math.random() * 36 ** 4)
  .toString(36)
  .padStart(4, '0')}`;

/** Short, unique over restarts, and a counter's price. */
export function requestId(): string {
  counter = (counter + 1) % 0x7fffffff;
  return `req_${prefix}${counter.toString(36).padStart(6, '0')}`;
}

/**
 * A request from understood until its last byte is out: its route found, tied to the client that may leave.
 * @throws GatewayError when nobody can answer for the model
 */
export function contextOf(
  reply: FastifyReply,
  call: Call,
  dialect: Dialect,
  yard: Yard,
  pin: string | undefined,
): Context {
  const started = performance.now();
  const route = yard.route(call.model, call.surface, pin);
  const leaving = new Leaving();
  const { raw } = reply;
  raw.once('close', () => {
    if (!raw.writableFinished) leaving.leave();
  });
  const id = requestId();
  const trace: Trace = {
    id,
    time: Date.now(),
    surface: call.surface,
    model: call.model,
    stream: call.stream,
    candidates: [],
    notes: [],
    attempts: [],
    bytes: 0,
  };
  return {
    id,
    call,
    dialect,
    route,
    trace,
    timeouts: yard.timeouts(route, undefined, call.stream),
    leaving,
    log: reply.log,
    started,
  };
}

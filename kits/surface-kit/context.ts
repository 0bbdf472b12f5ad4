import type { FastifyReply } from 'fastify';
import type { Call, Caller, Context, Dialect, Gateway, Route, Trace } from '../../core/contracts/index.ts';
import { routeFor } from '../../core/request/route-for.ts';
import { routeBeforeHooks } from './answer-hooked.ts';
import { callerTimeoutOf } from './caller-timeout.ts';
import { ClientDisconnect } from '../../core/request/client-disconnect.ts';
import { hopIn } from '../peer-kit/hop.ts';
import { PeerCaller } from '../peer-kit/peer-caller.ts';
import { requestId } from '../../wire/request-id.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** the name of the gateway's key that it came with, which does not reveal the key */
    keyName?: string;
    /** the same key, where it is one that has rules of its own */
    caller?: Caller;
    /**
     * Lets in what outlives a request by its key as it is now: `use` is another request, `look` none.
     * @throws GatewayError why it is not let in any more
     */
    admitAgain?: (what: 'use' | 'look') => void;
  }
}

/** Most requests leave nothing to note. */
const NOTHING: readonly never[] = [];
/**
 * A request from understood until its last byte is out: its route found, tied to the client that may leave.
 * @throws GatewayError when no target can answer for the model
 */
export function contextOf(
  reply: FastifyReply,
  call: Call,
  dialect: Dialect,
  gateway: Gateway,
  pin: string | undefined,
): Context {
  const startedMs = performance.now();
  const { caller, keyName } = reply.request;
  const { current: hooks } = gateway.hooks;
  const found = hooks
    ? routeBeforeHooks(call, gateway, pin)
    : gateway.models.route(call.model, call.surface, pin);
  const route = routeFor(found, caller);
  const disconnect = ClientDisconnect.of(reply.raw.req.socket);
  // A request of another gateway keeps its id, so that both traces have the same.
  const id = (caller instanceof PeerCaller ? hopIn(call.headers)?.id : undefined) ?? requestId();
  const trace = freshTrace(id, call, route, keyName);
  return {
    id,
    call,
    dialect,
    caller,
    ticket: undefined,
    route,
    trace,
    timeouts: gateway.timeouts(route, undefined, call.stream),
    disconnect,
    log: reply.log,
    startedMs,
    callerTimeoutMs: callerTimeoutOf(call),
  };
}

/** What will be remembered of a request, as far as it is known when it comes. */
export function freshTrace(
  id: string,
  call: Pick<Call, 'surface' | 'model' | 'stream'>,
  route: Route,
  key?: string,
): Trace {
  return {
    id,
    startedEpochMs: Date.now(),
    surface: call.surface,
    model: call.model,
    stream: call.stream,
    key,
    route: route.name,
    strategy: route.strategyName,
    candidates: route.targets,
    notes: NOTHING,
    attempts: [],
    translated: undefined,
    committedUs: undefined,
    ending: undefined,
    status: undefined,
    error: undefined,
    reason: undefined,
    endedUs: undefined,
    bytes: 0,
  };
}

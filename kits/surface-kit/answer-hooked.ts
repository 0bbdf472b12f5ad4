import type { Call, Context, Gateway, Hooked, Hooks, Route, Sink } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { routeFor } from '../../core/request/route-for.ts';
import { checkModel } from './check-model.ts';

/** Answers a request as the hooks leave it. What they refuse is refused where requests end: limits, traces and metrics have it. */
export function answerHooked(hooks: Hooks, context: Context, sink: Sink, gateway: Gateway): Promise<void> {
  let hooked: Hooked | Promise<Hooked>;
  try {
    hooked = hooks.apply(context, sink);
  } catch (error) {
    context.disconnect.end(error as Error);
    return gateway.answer(context, sink);
  }
  if (hooked instanceof Promise || hooked.call !== context.call || hooks.keep || unknown.has(context.route))
    return answerAfter(hooked, hooks, context, sink, gateway);
  // Most hooks only read, and at once.
  return gateway.answer(context, hooked.sink);
}

async function answerAfter(
  applied: Hooked | Promise<Hooked>,
  hooks: Hooks,
  context: Context,
  sink: Sink,
  gateway: Gateway,
): Promise<void> {
  let hooked: Hooked = { call: context.call, sink };
  let asked = context;
  try {
    hooked = await applied;
    if (hooked.call !== context.call || unknown.has(context.route))
      asked = { ...context, call: hooked.call, route: await routeAfter(hooked.call, context, gateway) };
    const kept = hooks.keep && (await hooks.keep(asked, hooked.sink));
    if (kept) return gateway.answer(kept.context, kept.sink);
  } catch (error) {
    context.disconnect.end(error as Error);
  }
  return gateway.answer(asked, hooked.sink);
}

/** Of a name that leads nowhere, which a hook may replace. */
const unknown = new WeakSet<Route>();

/** The route of a request that hooks have not seen yet. @throws GatewayError as `models.route`, but for an unknown model */
export function routeBeforeHooks(call: Call, { models }: Gateway, pin: string | undefined): Route {
  try {
    return models.route(call.model, call.surface, pin);
  } catch (error) {
    if ((error as GatewayError).code !== 'model_not_found') throw error;
    const nothing = { targets: [], strategyName: '', strategy: { pick: () => undefined }, timeouts: {} };
    // Not the caller's name: metrics are kept for each route.
    const route: Route = { name: '*', ...nothing, ...(pin !== undefined && { pinned: pin }) };
    unknown.add(route);
    return route;
  }
}

/** @throws GatewayError if there is no such model, or the key does not allow it */
async function routeAfter(
  call: Call,
  { call: before, caller, route, trace }: Context,
  { models }: Gateway,
): Promise<Route> {
  if (call.model === before.model && !unknown.has(route)) return route;
  checkModel(caller, call.model);
  const find = (): Route => routeFor(models.route(call.model, call.surface, route.pinned), caller);
  const found = await Promise.try(find).catch((error: GatewayError) => {
    if (error.code !== 'model_not_found') throw error;
    return models.refresh().then(find);
  });
  Object.assign(trace, { route: found.name, strategy: found.strategyName, candidates: found.targets });
  return found;
}

import type { Caller, Route, Target } from '../contracts/index.ts';
import { GatewayError } from '../errors.ts';

/** What callers see of routes: made once for each key, as retry budgets and timeouts belong to a route. */
const parts = new WeakMap<Route, WeakMap<Caller, Route>>();

/**
 * The route with only those targets whose provider the caller's key allows.
 * @throws GatewayError `provider_not_allowed` if there are none
 */
export function routeFor(route: Route, caller: Caller | undefined): Route {
  if (!caller?.allowsProvider) return route;
  let known = parts.get(route);
  if (!known) parts.set(route, (known = new WeakMap()));
  let part = known.get(caller);
  if (!part) {
    const targets = allowedOf(route.targets, caller);
    part = targets.length === route.targets.length ? route : { ...route, targets };
    known.set(caller, part);
  }
  return part;
}

/**
 * Those whose provider the caller's key allows.
 * @throws GatewayError `provider_not_allowed` if there are none
 */
export function allowedOf(targets: readonly Target[], caller: Caller | undefined): readonly Target[] {
  const allows = caller?.allowsProvider;
  if (!caller || !allows) return targets;
  const allowed = targets.filter(({ provider }) => allows(provider.name));
  if (allowed.length > 0 || targets.length === 0) return allowed;
  const names = [...new Set(targets.map(({ provider }) => provider.name))].join(', ');
  throw new GatewayError(
    'provider_not_allowed',
    `the key '${caller.name}' does not allow the providers that can answer this: ${names}`,
  );
}

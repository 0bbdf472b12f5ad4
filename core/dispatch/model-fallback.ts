import type { RetryBudgets } from './retry-budgets.ts';
import { isAnyWell } from './tried.ts';
import type { Call, Context, Route } from '../contracts/index.ts';
import type { AttemptResult } from '../attempt/attempt-result.ts';
import { routeFor } from '../request/route-for.ts';
import { addNote } from '../trace/note.ts';
import { isTooLong } from '../../wire/refusal-words.ts';

/** Finds the targets that can answer for another model's name. */
export interface Routing {
  readonly budgets: RetryBudgets;
  readonly now: () => number;
  readonly route: (model: string, surface: string) => Route;
}

/** What the trace says where the budget allows no retry. */
export const BUDGET_SPENT = 'the retry budget of the route is spent';

/** Why a request falls back to another model. */
export type FallbackReason = 'failed' | 'length';

const SAID: Readonly<Record<FallbackReason, string>> = {
  failed: 'was not available',
  length: 'does not take a text of this length',
};

export function hasFallback(
  { route, fellBack }: Pick<Context, 'route' | 'fellBack'>,
  because: FallbackReason = 'failed',
): boolean {
  if (fellBack === undefined) return namesOf(route, because) !== undefined;
  return rest(fellBack, because).length > 0;
}

/**
 * The same request under the name of the next model that the config gives for this one; undefined: there is none. The
 * lists are those of the name that was asked for, and each of their names is tried once.
 * @param isPaid it needs nothing of the retry budget, as one that is well never does
 */
export function fallback(
  context: Context,
  { because, isPaid }: { readonly because: FallbackReason; readonly isPaid: boolean },
  gateway: Routing,
): Context | undefined {
  const { route, call } = context;
  let fellBack = context.fellBack ?? { from: route, tried: [] };
  for (const name of rest(fellBack, because)) {
    fellBack = { ...fellBack, tried: [...fellBack.tried, name] };
    try {
      const other = routeFor(gateway.route(name, call.surface), context.caller);
      const isFree = isPaid || because === 'length' || isAnyWell(other.targets, [], gateway.now());
      if (!isFree && !gateway.budgets.of(askedFor(context)).withdraw()) {
        addNote(context, { remark: BUDGET_SPENT });
        return undefined;
      }
      addNote(context, { remark: `'${call.model}' ${SAID[because]}: '${name}' is asked instead` });
      context.trace.route = other.name;
      context.trace.strategy = other.strategyName;
      return { ...context, route: other, call: renamed(call, name), fellBack };
    } catch (error) {
      addNote(context, { remark: `'${name}' cannot be asked instead: ${(error as Error).message}` });
    }
  }
  return undefined;
}

/** The requested route pays for retries and fallbacks, because its failures cause them. */
export const askedFor = ({ route, fellBack }: Context): Route => fellBack?.from ?? route;

function namesOf(route: Route, because: FallbackReason): readonly string[] | undefined {
  return because === 'length' ? route.contextFallbacks : route.fallbacks;
}

function rest({ from, tried }: NonNullable<Context['fellBack']>, because: FallbackReason): string[] {
  return (namesOf(from, because) ?? []).filter((name) => !tried.includes(name));
}

/** The body is unchanged; the new name is written when it is sent. */
function renamed(call: Call, model: string): Call {
  const isInBody = call.format !== 'opaque' && !call.pathOf;
  return isInBody ? { ...call, model, set: { ...call.set, model } } : { ...call, model };
}

/** The request is longer than the model takes, and the config names models that may take it. */
export function isTooLongHere(
  context: Pick<Context, 'route' | 'fellBack'>,
  { refusal }: AttemptResult,
): boolean {
  return refusal !== undefined && hasFallback(context, 'length') && isTooLong(refusal);
}

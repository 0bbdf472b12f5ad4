import { askedFor, isAnyWell, BUDGET_EXHAUSTED } from './retry.ts';
import type { RetryBudgets } from './retry-budgets.ts';
import type { Call, Context, ModelConfig, Route } from '../contracts/index.ts';
import { addNote } from '../trace/note.ts';

/** Finds who can answer for another model's name. */
export interface Routing {
  readonly budgets: RetryBudgets;
  readonly now: () => number;
  readonly route: (model: string, surface: string) => Route;
}

/** Why a request goes on under another model's name. */
export type FallbackReason = 'failed' | 'length';

const SAID: Readonly<Record<FallbackReason, string>> = {
  failed: 'was not available',
  length: 'does not take a text of this length',
};

export function hasFallback({ route, fellBack }: Context, because: FallbackReason = 'failed'): boolean {
  if (fellBack === undefined) return namesOf(route, because) !== undefined;
  return rest(fellBack, because).length > 0;
}

/**
 * The same request under the name of the next model that the config gives for this one; undefined: there is none. The
 * lists are those of the name that was asked for, and each of their names is tried once.
 * @param paid it needs nothing of the retry budget, as one that is well never does
 */
export function fallback(
  context: Context,
  because: FallbackReason,
  paid: boolean,
  gateway: Routing,
): Context | undefined {
  if (!hasFallback(context, because)) return undefined;
  const { route, call } = context;
  let fellBack = context.fellBack ?? { from: route, tried: [] };
  for (const name of rest(fellBack, because)) {
    fellBack = { ...fellBack, tried: [...fellBack.tried, name] };
    try {
      const other = gateway.route(name, call.surface);
      const free = paid || because === 'length' || isAnyWell(other.targets, [], gateway.now());
      if (!free && !gateway.budgets.of(askedFor(context)).withdraw()) {
        addNote(context, { remark: BUDGET_EXHAUSTED });
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

/** A pin says who is to answer: only a route without one has them. */
export function fallbacksOf(
  configured: ModelConfig | undefined,
): Pick<Route, 'fallbacks' | 'contextFallbacks'> {
  return { fallbacks: configured?.fallbacks, contextFallbacks: configured?.contextFallbacks };
}

function namesOf(route: Route, because: FallbackReason): readonly string[] | undefined {
  return because === 'length' ? route.contextFallbacks : route.fallbacks;
}

function rest({ from, tried }: NonNullable<Context['fellBack']>, because: FallbackReason): string[] {
  return (namesOf(from, because) ?? []).filter((name) => !tried.includes(name));
}

/** The bytes stay the caller's own: a name that is set is written when they are sent. */
function renamed(call: Call, model: string): Call {
  return call.format === 'opaque' ? { ...call, model } : { ...call, model, set: { ...call.set, model } };
}

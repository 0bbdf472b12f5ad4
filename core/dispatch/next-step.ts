import { type FallbackReason, hasFallback, isTooLongHere } from './model-fallback.ts';
import { isAnyWell } from './tried.ts';
import type { AttemptResult } from '../attempt/attempt-result.ts';
import type { Attempt, Context, RetryConfig, Route, Target } from '../contracts/index.ts';
import { meaningOf } from '../errors.ts';
import { isUsedUp } from '../failures/status-meaning.ts';

/** What deciding reads of a request. */
type Request = Pick<Context, 'route' | 'fellBack'>;

/** What is measured, drawn and read before the decision: it depends on nothing else. */
export interface Given {
  readonly retry: RetryConfig;
  readonly nowMs: number;
  /** until the caller gives up */
  readonly remainingMs: number;
  /** The retry budget of the route has one left. */
  readonly hasBudget: boolean;
  /** from 0 to 1 */
  readonly chance: number;
}

/** Where a request stands when an attempt has failed, or no target could be selected. */
export interface Progress {
  /** all attempts so far, each of which failed */
  readonly failed: readonly AttemptResult[];
  /** targets that are not asked again */
  readonly tried: readonly Target[];
  /** the attempt that has just failed; undefined: no target could be selected */
  readonly last: AttemptResult | undefined;
  /** The last attempt was a gamble, or its target has another key: a retry costs nothing of the budget. */
  readonly isFree: boolean;
}

/** `costs`: it takes one from the retry budget of the route. */
export type Step =
  /** at once, at a target that was not tried */
  | { readonly kind: 'retry'; readonly costs: boolean }
  | Pause
  /** under another model's name; `instead`: where none of them can be asked. `isPaid`: it needs nothing of the budget. */
  | {
      readonly kind: 'fall back';
      readonly costs: boolean;
      readonly because: FallbackReason;
      readonly isPaid: boolean;
      readonly instead: Pause | End;
    }
  | End;

/** A retry at the same target after `afterMs`; `asked`: the target named that time. */
export interface Pause {
  readonly kind: 'wait';
  readonly costs: true;
  readonly target: Target;
  readonly afterMs: number;
  readonly asked: boolean;
}

/** The client is told. */
interface End {
  readonly kind: 'end';
  readonly costs: false;
  readonly isBudgetSpent: boolean;
}

/** Default number of attempts; at least one for each target and each key. */
const ATTEMPTS = 6;
/** ms of the first pause before the same target is asked again, and of the longest; half of it is chance. */
const FIRST = 250;
const LONGEST = 4_000;

const END: End = { kind: 'end', costs: false, isBudgetSpent: false };
const BUDGET_SPENT: End = { ...END, isBudgetSpent: true };

/**
 * What a request does next. It changes nothing, and reads no clock, chance or budget: they are given. Bounded per request, by the caller's patience, and by the budget of its
 * route, which bounds what multiplies trouble: a target that is well may always be asked. The same target again only where
 * there is no other: when it said, or after a pause of our own where that may help. Another model's name comes before that.
 */
export function nextStep(request: Request, progress: Progress, given: Given): Step {
  const { last } = progress;
  if (isExhausted(request, progress, given)) {
    // A route of many targets reaches the default bound just where its model's fallbacks are due.
    if (!isBoundByDefault(progress, given) || !hasFallback(request)) return END;
    return { kind: 'fall back', costs: false, because: 'failed', isPaid: false, instead: END };
  }
  const isTooLong = last !== undefined && isTooLongHere(request, last);
  const again = last && !isTooLong ? anotherTry(request, progress, given) : END;
  const because = isTooLong ? 'length' : 'failed';
  if (again.kind === 'retry' || !hasFallback(request, because)) return again;
  const isPaid = !last || again.kind === 'wait';
  return { kind: 'fall back', costs: again.costs, because, isPaid, instead: again };
}

function anotherTry(
  request: Request,
  progress: Progress,
  given: Given,
): Exclude<Step, { kind: 'fall back' }> {
  const { tried, isFree } = progress;
  const { targets } = request.route;
  const hasOthers = targets.length > tried.length;
  if (hasOthers && (isFree || isAnyWell(targets, tried, given.nowMs))) return { kind: 'retry', costs: false };
  const step = hasOthers ? ({ kind: 'retry', costs: true } as const) : pauseOf(request, progress, given);
  if (!step || (step.kind === 'wait' && given.remainingMs <= step.afterMs)) return END;
  return given.hasBudget ? step : BUDGET_SPENT;
}

/** The request may have no further attempt. */
function isExhausted({ route }: Request, { failed }: Progress, { retry, remainingMs }: Given): boolean {
  const { attempts = mostAttempts(route) } = retry;
  return (
    failed.length >= attempts ||
    meaningOf(failed.at(-1)?.error?.code)?.elsewhere === false ||
    remainingMs <= 0
  );
}

/** Only the number of attempts is exhausted, and the config did not set it. */
function isBoundByDefault({ failed }: Progress, { retry, remainingMs }: Given): boolean {
  if (retry.attempts !== undefined || remainingMs <= 0) return false;
  return meaningOf(failed.at(-1)?.error?.code)?.elsewhere !== false;
}

function mostAttempts({ targets }: Route): number {
  let ways = 0;
  for (const { provider } of targets) ways += Math.max(1, provider.keys?.size ?? 1);
  return Math.max(ATTEMPTS, ways);
}

/** The pause before the same target is asked again; undefined: it is not. */
function pauseOf({ route }: Request, { failed }: Progress, { retry, chance }: Given): Pause | undefined {
  const { attempt, refusal } = failed.at(-1) as AttemptResult;
  const { target, retryAfterMs, scope, reason } = attempt;
  // It says so itself, in the header that OpenAI's SDKs obey.
  if (refusal?.headers['x-should-retry'] === 'false') return undefined;
  const before = failed.filter((one) => one.attempt.target === target).length;
  // Only once. After a second refusal the caller is told when to retry.
  if (retryAfterMs !== undefined) {
    if (before > 1 || retryAfterMs > retry.wait) return undefined;
    return { kind: 'wait', costs: true, target, afterMs: retryAfterMs, asked: true };
  }
  if (route.targets.length > 1 || before > retry.again) return undefined;
  if ((scope && !isModelUsedUp(attempt)) || !meaningOf(reason)?.again) return undefined;
  const longest = Math.min(LONGEST, FIRST * 2 ** (before - 1));
  return { kind: 'wait', costs: true, target, afterMs: longest * (0.5 + 0.5 * chance), asked: false };
}

/** The model's limit is used up and no time is named, so it may be over soon. */
const isModelUsedUp = ({ scope, status }: Attempt): boolean => scope === 'model' && isUsedUp(status);

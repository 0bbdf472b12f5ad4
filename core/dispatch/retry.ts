import { setTimeout as sleep } from 'node:timers/promises';
import type { RetryBudgets } from './retry-budgets.ts';
import { left } from './select-target.ts';
import type { Attempt, Context, RetryConfig, Route, Target } from '../contracts/index.ts';
import { remaining } from '../timeouts/caller-deadline.ts';
import { elapsed } from '../trace/elapsed.ts';
import { meaningOf } from '../errors.ts';
import { isUsedUp } from '../failures/status-meaning.ts';
import { addNote } from '../trace/note.ts';
import type { AttemptResult } from '../attempt/attempt-result.ts';

/** So many unless the config says otherwise; who can answer may be the last of more, and so may a key. */
const ATTEMPTS = 6;
/** What the trace says where a retry is not made for it. */
export const BUDGET_EXHAUSTED = 'the retry budget of the route is spent';
/** ms of the first pause before the same target is asked again, and of the longest; half of it is chance. */
const FIRST = 250;
const LONGEST = 4_000;

export interface RetryDeps {
  readonly budgets: RetryBudgets;
  readonly now: () => number;
  readonly retry: RetryConfig;
  readonly random: () => number;
}

export type RetryDecision =
  | 'no'
  /** at once, at one that was not tried */
  | 'elsewhere'
  /** at one that was tried, after so many ms; `asked`: as it said itself */
  | { readonly after: number; readonly asked: boolean };

/**
 * Bounded per request, by the caller's patience, and by the budget of its route, which bounds what multiplies trouble:
 * a target that is well may always be asked. The same target again only where nobody else is: when it said, or after a
 * pause of our own where that may help.
 * @param free it was tried against the odds, or another key is there: trying again elsewhere is no storm
 */
export function decideRetry(
  context: Context,
  failed: readonly AttemptResult[],
  tried: readonly Target[],
  free: boolean,
  { retry, budgets, random, now }: RetryDeps,
): RetryDecision {
  if (isExhausted(context, failed, retry)) return 'no';
  const others = context.route.targets.length > tried.length;
  const next: RetryDecision = others ? 'elsewhere' : sameAgain(context, failed, retry, random);
  if (next === 'no' || (next !== 'elsewhere' && remaining(context) <= next.after)) return 'no';
  if (others && (free || isAnyWell(context.route.targets, tried, now()))) return next;
  if (!budgets.of(askedFor(context)).withdraw()) {
    addNote(context, { remark: BUDGET_EXHAUSTED });
    return 'no';
  }
  return next;
}

/** Its own trouble is paid by the route that was asked for. */
export const askedFor = ({ route, fellBack }: Context): Route => fellBack?.from ?? route;

export const isAnyWell = (targets: readonly Target[], tried: readonly Target[], now: number): boolean =>
  targets.some((target) => !tried.includes(target) && target.isWell(now));

/** Nobody else may be tried either: not for this request. */
export function isExhausted(context: Context, failed: readonly AttemptResult[], retry: RetryConfig): boolean {
  const { attempts = mostAttempts(context.route) } = retry;
  return (
    failed.length >= attempts ||
    meaningOf(failed.at(-1)?.error?.code)?.elsewhere === false ||
    remaining(context) <= 0
  );
}

function mostAttempts({ targets }: Route): number {
  let ways = 0;
  for (const { provider } of targets) ways += Math.max(1, provider.keys?.size ?? 1);
  return Math.max(ATTEMPTS, ways);
}

function sameAgain(
  { route }: Context,
  failed: readonly AttemptResult[],
  retry: RetryConfig,
  random: () => number,
): RetryDecision {
  const { attempt, refusal } = failed.at(-1) as AttemptResult;
  // Its own word, in the header that OpenAI's SDKs obey.
  if (refusal?.headers['x-should-retry'] === 'false') return 'no';
  const before = failed.filter(({ attempt: { target } }) => target === attempt.target).length;
  // Once: who still says no then is believed, and the caller is told when to come back.
  if (attempt.retryAfter !== undefined)
    return before > 1 || attempt.retryAfter > retry.wait ? 'no' : { after: attempt.retryAfter, asked: true };
  if (route.targets.length > 1 || before > retry.again) return 'no';
  if ((attempt.scope && !isModelUsedUp(attempt)) || !meaningOf(attempt.reason)?.again) return 'no';
  const longest = Math.min(LONGEST, FIRST * 2 ** (before - 1));
  return { after: longest * (0.5 + 0.5 * random()), asked: false };
}

/** The model's limit is used up, and no time was named: that may be over in a moment. */
const isModelUsedUp = ({ scope, status }: Attempt): boolean => scope === 'model' && isUsedUp(status);

/** Nobody else is there: waits until it may be asked again. */
export async function backOff(
  context: Context,
  target: Target,
  { after, asked }: { readonly after: number; readonly asked: boolean },
): Promise<void> {
  const since = elapsed(context);
  await sleep(after, undefined, { signal: context.disconnect.signal }).catch(() => undefined);
  if (context.disconnect.disconnected) throw left();
  const waited = asked ? `${target.id} asked for it` : 'before asking the same target again';
  addNote(context, { waited, took: asked ? Math.round(after * 1000) : elapsed(context) - since });
  if (asked) target.unblock('quota');
}

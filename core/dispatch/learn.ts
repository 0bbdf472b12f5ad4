import type { AttemptResult } from '../attempt/attempt-result.ts';
import type { Attempt, Context } from '../contracts/index.ts';
import { meaningOf } from '../errors.ts';
import { coolDown } from '../failures/cooldown.ts';
import type { Events } from '../events/events.ts';

export interface LearnDeps {
  readonly now: () => number;
  /** An attempt has shown that its provider lacks an API. */
  readonly lacksSurface: (attempt: Attempt, surface: string) => void;
  readonly events: Pick<Events, 'attempt'>;
}

/** Passes the result of an attempt to its trace, its target, its key, its strategy and plugins. */
export function learn(context: Context, result: AttemptResult, gateway: LearnDeps): void {
  const { attempt, refusal, refusalScope } = result;
  const { trace } = context;
  trace.attempts = [...trace.attempts, attempt];
  const { startedUs, endedUs = startedUs, firstContentUs } = attempt;
  const lesson = {
    outcome:
      meaningOf(attempt.reason)?.health === 'nothing' ||
      (refusal && (attempt.outcome === 'answered' || refusalScope || attempt.retryAfterMs))
        ? 'refused'
        : attempt.outcome,
    stream: context.call.stream,
    tookMs: (endedUs - startedUs) / 1000,
    ttftMs: firstContentUs === undefined ? undefined : (firstContentUs - startedUs) / 1000,
  } as const;
  const now = gateway.now();
  attempt.target.dropLapsed(now);
  attempt.target.stats.learn(lesson, now);
  // The refusal names a time or a key: until then the target, or that key, is not used.
  if (attempt.outcome === 'failed' && (attempt.retryAfterMs || refusalScope))
    coolDown(attempt, refusalScope, now);
  if (attempt.key !== undefined && attempt.outcome === 'answered' && !refusal)
    attempt.target.provider.keys?.answered(attempt.key, attempt.target.name);
  if (refusalScope?.surface !== undefined) gateway.lacksSurface(attempt, refusalScope.surface);
  else if (attempt.outcome === 'answered' && !refusal && !context.trace.translated)
    attempt.target.missing.forget(context.call.surface);
  context.route.strategy.learn?.(attempt, context);
  gateway.events.attempt.emit(attempt, context, result);
}

import { decideRetry, isExhausted, backOff, type RetryDeps } from './retry.ts';
import { selectTarget, left, pickAtOnce, type SelectDeps } from './select-target.ts';
import { translationFor } from '../translation/adapt-call.ts';
import type { Attempt, Context, Route, Sink, Target, Timeouts } from '../contracts/index.ts';
import { capToCaller } from '../timeouts/caller-deadline.ts';
import { elapsed } from '../trace/elapsed.ts';
import { GatewayError, meaningOf } from '../errors.ts';
import type { Events } from '../gateway/events.ts';
import { fallback, hasFallback, type Routing } from './model-fallback.ts';
import { isTooLong } from '../../wire/refusal-words.ts';
import { hedged, type Hedge } from './hedge.ts';
import { sendFinalError } from './final-response.ts';
import { coolDown } from '../failures/cooldown.ts';
import { sendAttempt } from '../attempt/send.ts';
import type { AttemptSpec, AttemptDeps, AttemptResult } from '../attempt/attempt-result.ts';

/** Most requests are answered at once. */
const NOBODY: readonly never[] = [];

export interface DispatchDeps extends AttemptDeps, SelectDeps, RetryDeps, Routing {
  /** undefined: nobody is asked twice */
  readonly hedge: Hedge | undefined;
  readonly timeouts: (route: Route, target: Target | undefined, stream: boolean) => Timeouts;
  /** An attempt has shown that its provider lacks an API. */
  readonly lacksSurface: (attempt: Attempt, surface: string) => void;
  readonly events: Pick<Events, 'request' | 'attempt' | 'end'>;
}

/** Picks, tries, and tries elsewhere as long as the client has seen nothing: one request from its context to its end. */
export async function dispatch(asked: Context, sink: Sink, gateway: DispatchDeps): Promise<void> {
  let context = asked;
  let failed: readonly AttemptResult[] = NOBODY;
  let tried: readonly Target[] = NOBODY;
  gateway.budgets.of(asked.route).deposit();
  gateway.events.request.emit(asked, sink);
  try {
    for (;;) {
      const target =
        (failed.length === 0 && pickAtOnce(context, gateway.now())) ||
        (await chosen(context, tried, failed, gateway));
      // Somebody else may have taken its place since it was picked.
      if (target?.isFull) continue;
      // Somebody is asked who may well fail: that is no storm where somebody is well, who answers then.
      const doubtful = target !== undefined && target.isDoubtful && isAnyWell(context.route);
      const sents = !target
        ? NOBODY
        : gateway.hedge
          ? await hedgedFrom(context, target, tried, sink, gateway)
          : [await sendAttempt(assignment(context, target, sink, gateway))];
      const sent = sents.at(-1);
      if (sent) {
        if (sent.attempt.outcome === 'left') throw left();
        const answered = sent.attempt.outcome === 'answered' || sink.committed;
        if (answered && !tooLong(context, sent)) return end(context, sink, sent);
        failed = [...failed, ...sents];
        // Where it was its key's fault, it may be asked again with another.
        tried = [...tried, ...sents.filter((one) => !hasOtherKey(one, gateway.now())).map(targetOf)];
        tried = withoutTranslated(context, tried, failed, gateway);
      }
      const because = sent && tooLong(context, sent) ? 'length' : 'failed';
      const next =
        sent && because === 'failed'
          ? decideRetry(context, failed, tried, doubtful || !tried.includes(target as Target), gateway)
          : 'no';
      if (next === 'elsewhere') continue;
      const spent = isExhausted(context, failed, gateway.retry);
      // Nobody was asked yet, or what the same target would have cost is spent elsewhere: that is no further try.
      const paid = !sent || next !== 'no';
      const other = spent ? undefined : fallback(context, because, paid, gateway);
      if (other) {
        context = other;
        tried = NOBODY;
      } else if (next === 'no' || !target) {
        return sendFinalError(context, sink, failed);
      } else {
        await backOff(context, target, next);
        tried = tried.filter((one) => one !== target);
      }
    }
  } catch (error) {
    fail(context, sink, error);
  } finally {
    context.disconnect.over();
    context.trace.ended = elapsed(context);
    gateway.events.end.emit(context, undefined);
  }
}

/** One attempt as the gateway makes it: with its clocks, and learned from before anybody else takes its place. */
function assignment(context: Context, target: Target, sink: Sink, gateway: DispatchDeps): AttemptSpec {
  const timeouts = clocks(context, target, gateway);
  const ended = (sent: AttemptResult): void => {
    try {
      learn(context, sent, gateway);
    } catch (error) {
      // A plugin that cannot learn keeps nobody from answering.
      context.log.error({ err: error, id: context.id }, 'what came of an attempt could not be learned');
    }
  };
  return { context, target, timeouts, sink, gateway, ended };
}

function hedgedFrom(
  context: Context,
  target: Target,
  tried: readonly Target[],
  sink: Sink,
  gateway: DispatchDeps,
): Promise<readonly AttemptResult[]> {
  const clocksOf = (one: Target): Timeouts => clocks(context, one, gateway);
  return hedged(assignment(context, target, sink, gateway), tried, gateway.hedge as Hedge, clocksOf);
}

const clocks = (context: Context, target: Target, gateway: DispatchDeps): Timeouts =>
  capToCaller(gateway.timeouts(context.route, target, context.call.stream), context);

const isAnyWell = ({ targets }: Route): boolean => targets.some(({ stats }) => stats.since !== undefined);

const targetOf = ({ attempt: { target } }: AttemptResult): Target => target;

/** With something already said by an upstream, that is a better answer than that nobody else is there. */
async function chosen(
  context: Context,
  tried: readonly Target[],
  failed: readonly AttemptResult[],
  gateway: DispatchDeps,
): Promise<Target | undefined> {
  try {
    return await selectTarget(context, tried, (target) => clocks(context, target, gateway), gateway);
  } catch (error) {
    if (context.disconnect.disconnected || (failed.length === 0 && !hasFallback(context))) throw error;
    return undefined;
  }
}

/** The client's request does not fit the model, and the config names models that it may fit. */
function tooLong(context: Context, { refusal }: AttemptResult): boolean {
  return refusal !== undefined && hasFallback(context, 'length') && isTooLong(refusal);
}

/** Where all were tried, one that lacks this API may be asked once more, by another that it has. */
function withoutTranslated(
  { route, call }: Context,
  tried: readonly Target[],
  failed: readonly AttemptResult[],
  { formats }: DispatchDeps,
): readonly Target[] {
  if (tried.length < route.targets.length) return tried;
  const times = (target: Target) =>
    failed.filter(({ attempt, scope: concern }) => attempt.target === target && concern?.scope === 'surface')
      .length;
  return tried.filter(
    (target) => times(target) !== 1 || translationFor(target, call.surface, formats) === undefined,
  );
}

function hasOtherKey({ attempt: { target }, scope: concern }: AttemptResult, now: number): boolean {
  return concern?.scope === 'key' && (target.provider.keys?.size ?? 0) > 1 && target.blocks(now).size === 0;
}

function learn(
  context: Context,
  { attempt, refusal, scope: concern }: AttemptResult,
  gateway: DispatchDeps,
): void {
  context.trace.attempts.push(attempt);
  const { started, ended = started, firstContent } = attempt;
  const lesson = {
    outcome:
      meaningOf(attempt.reason)?.health === 'nothing' ||
      (refusal && (attempt.outcome === 'answered' || concern || attempt.retryAfter))
        ? 'refused'
        : attempt.outcome,
    stream: context.call.stream,
    ms: (ended - started) / 1000,
    ttft: firstContent === undefined ? undefined : (firstContent - started) / 1000,
  } as const;
  attempt.target.stats.learn(lesson, gateway.now());
  // It says when it wants to be asked again, or with which key not: until then it is not.
  if (attempt.outcome === 'failed' && (attempt.retryAfter || concern))
    coolDown(attempt, concern, gateway.now());
  if (attempt.key !== undefined && attempt.outcome === 'answered' && !refusal)
    attempt.target.provider.keys?.answered(attempt.key, attempt.target.name);
  if (concern?.surface !== undefined) gateway.lacksSurface(attempt, concern.surface);
  else if (attempt.outcome === 'answered' && !refusal && !context.trace.translated)
    attempt.target.missing.forget(context.call.surface);
  context.route.strategy.learn?.(attempt, context);
  gateway.events.attempt.emit(attempt, context);
}

/** The client has its answer, or was told in it that it broke off. */
function end(context: Context, sink: Sink, sent: AttemptResult): void {
  const { trace } = context;
  if (sent.refusal) return sendFinalError(context, sink, [sent]);
  trace.status = sent.attempt.status ?? 200;
  trace.ending = sent.ending ?? 'complete';
  trace.error = sent.error?.message;
  trace.reason = sent.error?.code;
}

function fail(context: Context, sink: Sink, thrown: unknown): void {
  const error = GatewayError.from(thrown);
  const { fault, ending } = meaningOf(error.code);
  if (fault === 'gateway')
    context.log.error({ err: thrown, id: context.id }, 'a request failed for a reason of our own');
  if (ending === 'left') {
    context.trace.ending = ending;
    return;
  }
  if (sink.committed) {
    context.trace.ending = 'error';
    context.trace.error = error.message;
    context.trace.reason = error.code;
    return sink.break();
  }
  sendFinalError(context, sink, [], error);
}

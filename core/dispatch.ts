import { channel } from 'node:diagnostics_channel';
import { again, isSpent, pause, type Retrying } from './again.ts';
import { choose, left, pickAtOnce, type Choosing } from './choose.ts';
import { translationFor } from './call.ts';
import type { Attempt, Context, Route, Target, Timeouts } from './contracts.ts';
import { within } from './deadline.ts';
import { elapsed } from './elapsed.ts';
import { GatewayError } from './errors.ts';
import { fallback, hasFallback, isTooLong, type Routing } from './fallback.ts';
import { hedged, type Hedge } from './hedge.ts';
import { lastWord } from './last-word.ts';
import { isOurFault } from './our-fault.ts';
import { leaveAlone } from './scopes.ts';
import { send } from './send.ts';
import type { Assignment, Sending, Sent } from './sent.ts';
import type { Sink } from './sink.ts';

/** `{ context, sink, house }` of each request as it begins. */
export const beginChannel = channel('switchyard:begin');
/** `{ context, attempt, house }` of each ended attempt. */
export const attemptChannel = channel('switchyard:attempt');
/** `{ context, house }` of each ended request, its trace complete. */
export const requestChannel = channel('switchyard:request');

/** Most requests are answered at once. */
const NOBODY: readonly never[] = [];

export interface Dispatching extends Sending, Choosing, Retrying, Routing {
  /** undefined: nobody is asked twice */
  readonly hedge: Hedge | undefined;
  readonly timeouts: (route: Route, target: Target | undefined, stream: boolean) => Timeouts;
  /** An attempt has shown that its provider lacks an API. */
  readonly lacksSurface: (attempt: Attempt, surface: string) => void;
}

/** Picks, tries, and tries elsewhere as long as the client has seen nothing: one request from its context to its end. */
export async function dispatch(asked: Context, sink: Sink, house: Dispatching): Promise<void> {
  let context = asked;
  let failed: readonly Sent[] = NOBODY;
  let tried: readonly Target[] = NOBODY;
  house.budgets.of(asked.route).deposit();
  if (beginChannel.hasSubscribers) beginChannel.publish({ context: asked, sink, house });
  try {
    for (;;) {
      const target =
        (failed.length === 0 && pickAtOnce(context, house.now())) ||
        (await chosen(context, tried, failed, house));
      // Somebody else may have taken its place since it was picked.
      if (target?.full) continue;
      // Somebody is asked who may well fail: that is no storm where somebody is well, who answers then.
      const doubtful = target !== undefined && target.isDoubtful && isAnyWell(context.route);
      const sents = !target
        ? NOBODY
        : house.hedge
          ? await hedgedFrom(context, target, tried, sink, house)
          : [await send(assignment(context, target, sink, house))];
      const sent = sents.at(-1);
      if (sent) {
        if (sent.attempt.outcome === 'left') throw left();
        const answered = sent.attempt.outcome === 'answered' || sink.committed;
        if (answered && !tooLong(context, sent)) return end(context, sink, sent);
        failed = [...failed, ...sents];
        // Where it was its key's fault, it may be asked again with another.
        tried = [...tried, ...sents.filter((one) => !hasOtherKey(one, house.now())).map(targetOf)];
        tried = withoutTranslated(context, tried, failed, house);
      }
      const because = sent && tooLong(context, sent) ? 'length' : 'failed';
      const next =
        sent && because === 'failed'
          ? again(context, failed, tried, doubtful || !tried.includes(target as Target), house)
          : 'no';
      if (next === 'elsewhere') continue;
      const spent = isSpent(context, failed, house.retry);
      // Nobody was asked yet, or what the same target would have cost is spent elsewhere: that is no further try.
      const paid = !sent || next !== 'no';
      const other = spent ? undefined : fallback(context, because, paid, house);
      if (other) {
        context = other;
        tried = NOBODY;
      } else if (next === 'no' || !target) {
        return lastWord(context, sink, failed);
      } else {
        await pause(context, target, next);
        tried = tried.filter((one) => one !== target);
      }
    }
  } catch (error) {
    fail(context, sink, error);
  } finally {
    context.leaving.over();
    context.trace.ended = elapsed(context);
    requestChannel.publish({ context, house });
  }
}

/** One attempt as the house makes it: with its clocks, and learned from before anybody else takes its place. */
function assignment(context: Context, target: Target, sink: Sink, house: Dispatching): Assignment {
  const timeouts = clocks(context, target, house);
  const ended = (sent: Sent): void => {
    try {
      learn(context, sent, house);
    } catch (error) {
      // A plugin that cannot learn keeps nobody from answering.
      context.log.error({ err: error, id: context.id }, 'what came of an attempt could not be learned');
    }
  };
  return { context, target, timeouts, sink, house, ended };
}

function hedgedFrom(
  context: Context,
  target: Target,
  tried: readonly Target[],
  sink: Sink,
  house: Dispatching,
): Promise<readonly Sent[]> {
  const clocksOf = (one: Target): Timeouts => clocks(context, one, house);
  return hedged(assignment(context, target, sink, house), tried, house.hedge as Hedge, clocksOf);
}

const clocks = (context: Context, target: Target, house: Dispatching): Timeouts =>
  within(house.timeouts(context.route, target, context.call.stream), context);

const isAnyWell = ({ targets }: Route): boolean => targets.some(({ live }) => live.since !== undefined);

const targetOf = ({ attempt: { target } }: Sent): Target => target;

/** With something already said by an upstream, that is a better answer than that nobody else is there. */
async function chosen(
  context: Context,
  tried: readonly Target[],
  failed: readonly Sent[],
  house: Dispatching,
): Promise<Target | undefined> {
  try {
    return await choose(context, tried, (target) => clocks(context, target, house), house);
  } catch (error) {
    if (context.leaving.gone || (failed.length === 0 && !hasFallback(context))) throw error;
    return undefined;
  }
}

/** The client's request does not fit the model, and the config names models that it may fit. */
function tooLong(context: Context, { refusal }: Sent): boolean {
  return refusal !== undefined && hasFallback(context, 'length') && isTooLong(refusal);
}

/** Where all were tried, one that lacks this API may be asked once more, by another that it has. */
function withoutTranslated(
  { route, call }: Context,
  tried: readonly Target[],
  failed: readonly Sent[],
  { wires }: Dispatching,
): readonly Target[] {
  if (tried.length < route.targets.length) return tried;
  const times = (target: Target) =>
    failed.filter(({ attempt, concern }) => attempt.target === target && concern?.scope === 'surface').length;
  return tried.filter(
    (target) => times(target) !== 1 || translationFor(target, call.surface, wires) === undefined,
  );
}

function hasOtherKey({ attempt: { target }, concern }: Sent, now: number): boolean {
  return concern?.scope === 'key' && (target.provider.keys?.size ?? 0) > 1 && target.blocks(now).size === 0;
}

function learn(context: Context, { attempt, refusal, concern }: Sent, house: Dispatching): void {
  context.trace.attempts.push(attempt);
  const { started, ended = started, firstContent } = attempt;
  const lesson = {
    outcome:
      isOurFault(attempt) || (refusal && (attempt.outcome === 'answered' || concern || attempt.retryAfter))
        ? 'refused'
        : attempt.outcome,
    stream: context.call.stream,
    ms: (ended - started) / 1000,
    ttft: firstContent === undefined ? undefined : (firstContent - started) / 1000,
  } as const;
  attempt.target.live.learn(lesson, house.now());
  // It says when it wants to be asked again, or with which key not: until then it is not.
  if (attempt.outcome === 'failed' && (attempt.retryAfter || concern))
    leaveAlone(attempt, concern, house.now());
  if (attempt.key !== undefined && attempt.outcome === 'answered' && !refusal)
    attempt.target.provider.keys?.answered(attempt.key, attempt.target.name);
  if (concern?.surface !== undefined) house.lacksSurface(attempt, concern.surface);
  else if (attempt.outcome === 'answered' && !refusal && !context.trace.translated)
    attempt.target.missing.forget(context.call.surface);
  context.route.strategy.learn?.(attempt, context);
  attemptChannel.publish({ context, attempt, house });
}

/** The client has its answer, or was told in it that it broke off. */
function end(context: Context, sink: Sink, sent: Sent): void {
  const { trace } = context;
  if (sent.refusal) return lastWord(context, sink, [sent]);
  trace.status = sent.attempt.status ?? 200;
  trace.ending = sent.ending ?? 'complete';
  trace.error = sent.error?.message;
  trace.reason = sent.error?.code;
}

function fail(context: Context, sink: Sink, thrown: unknown): void {
  const error = GatewayError.from(thrown);
  if (error.code === 'internal')
    context.log.error({ err: thrown, id: context.id }, 'a request failed for a reason of our own');
  if (error.code === 'client_left') {
    context.trace.ending = 'left';
    return;
  }
  if (sink.committed) {
    context.trace.ending = 'error';
    context.trace.error = error.message;
    context.trace.reason = error.code;
    return sink.break();
  }
  lastWord(context, sink, [], error);
}

import { channel } from 'node:diagnostics_channel';
import { again, isSpent, pause, type Retrying } from './again.ts';
import { choose, left, pickAtOnce, type Choosing } from './choose.ts';
import type { Context, Route, Target, Timeouts } from './contracts.ts';
import { within } from './deadline.ts';
import { elapsed } from './elapsed.ts';
import { GatewayError } from './errors.ts';
import { fallback, hasFallback, isTooLong, type Routing } from './fallback.ts';
import { lastWord } from './last-word.ts';
import { leaveAlone } from './scopes.ts';
import { send } from './send.ts';
import type { Sending, Sent } from './sent.ts';
import type { Sink } from './sink.ts';

/** `{ context, attempt, house }` of each ended attempt. */
export const attemptChannel = channel('switchyard:attempt');
/** `{ context, house }` of each ended request, its trace complete. */
export const requestChannel = channel('switchyard:request');

/** Most requests are answered at once. */
const NOBODY: readonly never[] = [];

export interface Dispatching extends Sending, Choosing, Retrying, Routing {
  readonly timeouts: (route: Route, target: Target | undefined, stream: boolean) => Timeouts;
}

/** Picks, tries, and tries elsewhere as long as the client has seen nothing: one request from its context to its end. */
export async function dispatch(asked: Context, sink: Sink, house: Dispatching): Promise<void> {
  let context = asked;
  let failed: readonly Sent[] = NOBODY;
  let tried: readonly Target[] = NOBODY;
  house.budget.deposit();
  try {
    for (;;) {
      const target =
        (failed.length === 0 && pickAtOnce(context, house.now())) ||
        (await chosen(context, tried, failed, house));
      // Somebody is asked who may well fail: that is no storm, and who is well answers then.
      const doubtful = target !== undefined && target.live.blocks.size > 0;
      const sent = target && (await send(context, target, clocks(context, target, house), sink, house));
      if (sent) {
        learn(context, sent, house);
        if (sent.attempt.outcome === 'left') throw left();
        const answered = sent.attempt.outcome === 'answered' || sink.committed;
        if (answered && !tooLong(context, sent)) return end(context, sink, sent);
        failed = [...failed, sent];
        // Where it was its key's fault, it may be asked again with another.
        if (!hasOtherKey(sent, house.now())) tried = [...tried, target];
      }
      const because = sent && tooLong(context, sent) ? 'length' : 'failed';
      const next = sent && because === 'failed' ? again(context, failed, tried, doubtful, house) : 'no';
      if (next === 'elsewhere') continue;
      const spent = isSpent(context, failed, house.retry);
      const other = spent ? undefined : fallback(context, because, house);
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

const clocks = (context: Context, target: Target, house: Dispatching): Timeouts =>
  within(house.timeouts(context.route, target, context.call.stream), context);

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

function hasOtherKey({ attempt: { target }, concern }: Sent, now: number): boolean {
  return concern?.scope === 'key' && (target.provider.keys?.size ?? 0) > 1 && target.blocks(now).size === 0;
}

function learn(context: Context, { attempt, refusal, concern }: Sent, house: Dispatching): void {
  context.trace.attempts.push(attempt);
  const { started, ended = started, firstContent } = attempt;
  const lesson = {
    outcome: refusal && (attempt.outcome === 'answered' || concern) ? 'refused' : attempt.outcome,
    stream: context.call.stream,
    ms: (ended - started) / 1000,
    ttft: firstContent === undefined ? undefined : (firstContent - started) / 1000,
  } as const;
  attempt.target.live.learn(lesson, house.now());
  // It says when it wants to be asked again, or with which key not: until then it is not.
  if (attempt.outcome === 'failed' && (attempt.retryAfter || concern))
    leaveAlone(attempt, concern, house.now());
  context.route.strategy.learn?.(attempt, context);
  attemptChannel.publish({ context, attempt, house });
}

/** The client has its answer, or was told in it that it broke off. */
function end(context: Context, sink: Sink, sent: Sent): void {
  const { trace } = context;
  if (sent.refusal) return lastWord(context, sink, [sent]);
  trace.status = sent.attempt.status ?? 200;
  trace.ending = sent.ending ?? 'complete';
  if (sent.error) trace.error = sent.error.message;
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
    return sink.break();
  }
  lastWord(context, sink, [], error);
}

import { channel } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Budget } from './budget.ts';
import { choose, left, pickAtOnce, type Choosing } from './choose.ts';
import type { Context, RetryConfig, Route, Target, Timeouts } from './contracts.ts';
import { elapsed } from './elapsed.ts';
import { GatewayError } from './errors.ts';
import { lastWord } from './last-word.ts';
import { send } from './send.ts';
import type { Sending, Sent } from './sent.ts';
import type { Sink } from './sink.ts';

/** `{ context, attempt, house }` of each ended attempt. */
export const attemptChannel = channel('switchyard:attempt');
/** `{ context, house }` of each ended request, its trace complete. */
export const requestChannel = channel('switchyard:request');

export interface Dispatching extends Sending, Choosing {
  readonly budget: Budget;
  readonly retry: RetryConfig;
  readonly timeouts: (route: Route, target: Target | undefined, stream: boolean) => Timeouts;
}

/** Picks, tries, and tries elsewhere as long as the client has seen nothing: one request from its context to its end. */
export async function dispatch(context: Context, sink: Sink, house: Dispatching): Promise<void> {
  const { trace, route } = context;
  trace.route = route.name;
  trace.strategy = route.strategyName;
  trace.candidates = route.targets;
  house.budget.deposit();
  try {
    await attempts(context, sink, house);
  } catch (error) {
    fail(context, sink, error);
  } finally {
    trace.ended = elapsed(context);
    requestChannel.publish({ context, house });
  }
}

async function attempts(context: Context, sink: Sink, house: Dispatching): Promise<void> {
  const { route, trace, call } = context;
  const failed: Sent[] = [];
  let tried: Target[] = [];
  for (;;) {
    const target =
      (failed.length === 0 && pickAtOnce(context, house.now())) ||
      (await chosen(context, tried, failed, house));
    if (!target) return lastWord(context, sink, failed);
    const sent = await send(context, target, house.timeouts(route, target, call.stream), sink, house);
    learn(context, sent, house);
    if (sent.attempt.outcome === 'left') throw left();
    if (sent.attempt.outcome === 'answered' || sink.committed) return end(context, sink, sent);
    failed.push(sent);
    tried = [...tried, target];
    const next = again(failed, tried, context, house);
    if (next === 'no') return lastWord(context, sink, failed);
    if (next === 'elsewhere') continue;
    await sleep(next.after, undefined, { signal: context.leaving.signal }).catch(() => undefined);
    if (context.leaving.gone) throw left();
    trace.notes.push({
      at: elapsed(context),
      waited: `${target.id} asked for it`,
      took: Math.round(next.after * 1000),
    });
    target.unblock('quota');
    tried = tried.filter((other) => other !== target);
  }
}

/** With something already said by an upstream, that is a better answer than that nobody else is there. */
async function chosen(
  context: Context,
  tried: readonly Target[],
  failed: readonly Sent[],
  house: Dispatching,
): Promise<Target | undefined> {
  try {
    return await choose(
      context,
      tried,
      (target) => house.timeouts(context.route, target, context.call.stream),
      house,
    );
  } catch (error) {
    if (failed.length === 0 || context.leaving.gone) throw error;
    return undefined;
  }
}

/** What no other target can mend. */
const OUT_OF_TIME: ReadonlySet<string | undefined> = new Set(['total_timeout', 'shutting_down']);

/** Bounded per request, and by the budget over all; the same target again only where nobody else is and it said when. */
function again(
  failed: readonly Sent[],
  tried: readonly Target[],
  context: Context,
  { retry, budget }: Dispatching,
): 'no' | 'elsewhere' | { after: number } {
  if (failed.length >= retry.attempts || OUT_OF_TIME.has(failed.at(-1)?.error?.code)) return 'no';
  const others = context.route.targets.length > tried.length;
  const after = failed.at(-1)?.attempt.retryAfter;
  if (!others && (after === undefined || after > retry.wait)) return 'no';
  if (!budget.withdraw()) {
    context.trace.notes.push({ at: elapsed(context), remark: 'the retry budget of the house is spent' });
    return 'no';
  }
  return others || after === undefined ? 'elsewhere' : { after };
}

function learn(context: Context, { attempt }: Sent, house: Dispatching): void {
  context.trace.attempts.push(attempt);
  if (attempt.outcome !== 'left') {
    const { started, ended = started, firstContent } = attempt;
    const ttft = firstContent === undefined ? undefined : (firstContent - started) / 1000;
    attempt.target.live.learn({ ok: attempt.outcome === 'answered', ms: (ended - started) / 1000, ttft });
  }
  // It says itself when it wants to be asked again: until then it is not.
  if (attempt.outcome === 'failed' && attempt.retryAfter) {
    attempt.target.block(
      'quota',
      house.now() + attempt.retryAfter,
      `${attempt.message} and asked for ${Math.ceil(attempt.retryAfter / 1000)} s`,
    );
  }
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

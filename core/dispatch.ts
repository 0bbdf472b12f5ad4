import { channel } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Budget } from './budget.ts';
import { choose, left, type Choosing } from './choose.ts';
import type { Context, RetryConfig, Route, Target, Timeouts } from './contracts.ts';
import { GatewayError } from './errors.ts';
import { lastWord } from './last-word.ts';
import { send, type Sending, type Sent } from './send.ts';
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
    trace.ms = performance.now() - context.started;
    requestChannel.publish({ context, house });
  }
}

async function attempts(context: Context, sink: Sink, house: Dispatching): Promise<void> {
  const { route, trace, call } = context;
  const failed: Sent[] = [];
  let tried: Target[] = [];
  for (;;) {
    const target = await choose(context, tried, house.timeouts(route, undefined, call.stream), house).catch((error: unknown) => {
      // With something already said by an upstream, that is the better answer.
      if (failed.length === 0 || context.signal.aborted) throw error;
      return undefined;
    });
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
    await sleep(next.after, undefined, { signal: context.signal }).catch(() => undefined);
    if (context.signal.aborted) throw left();
    trace.notes.push({ at: performance.now() - context.started, waited: `${target.id} asked for it`, ms: next.after });
    target.unblock('quota');
    tried = tried.filter((other) => other !== target);
  }
}

/** Bounded per request, and by the budget over all; the same target again only where nobody else is and it said when. */
function again(failed: readonly Sent[], tried: readonly Target[], context: Context, { retry, budget }: Dispatching): 'no' | 'elsewhere' | { after: number } {
  if (failed.length >= retry.attempts) return 'no';
  const others = context.route.targets.length > tried.length;
  const after = failed.at(-1)?.attempt.retryAfter;
  if (!others && (after === undefined || after > retry.wait)) return 'no';
  if (!budget.withdraw()) {
    context.trace.notes.push({ at: performance.now() - context.started, remark: 'the retry budget of the house is spent' });
    return 'no';
  }
  return others || after === undefined ? 'elsewhere' : { after };
}

function learn(context: Context, { attempt }: Sent, house: Dispatching): void {
  context.trace.attempts.push(attempt);
  if (attempt.outcome !== 'left') {
    const { started, ended = started, firstContent } = attempt;
    const ttft = firstContent === undefined ? undefined : firstContent - started;
    attempt.target.live.learn({ ok: attempt.outcome === 'answered', ms: ended - started, ttft });
  }
  // It says itself when it wants to be asked again: until then it is not.
  if (attempt.outcome === 'failed' && attempt.retryAfter) {
    attempt.target.block('quota', house.now() + attempt.retryAfter, `${attempt.message} and asked for ${Math.ceil(attempt.retryAfter / 1000)} s`);
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
  const error = thrown instanceof GatewayError ? thrown : new GatewayError('internal', 'the gateway failed on this request; its log says why', { cause: thrown });
  if (error.code === 'internal') context.log.error({ err: thrown, id: context.id }, 'a request failed for a reason of our own');
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

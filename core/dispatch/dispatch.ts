import { sendFinalError } from './final-response.ts';
import { hedged, type Hedge } from './hedge.ts';
import { learn, type LearnDeps } from './learn.ts';
import { askedFor, BUDGET_SPENT, fallback, isTooLongHere, type Routing } from './model-fallback.ts';
import { nextStep, type Given, type Step } from './next-step.ts';
import { NOT_WAITED, select, timeoutsOf, type Selection, type SelectDeps, type Wait } from './select.ts';
import { triedAfter } from './tried.ts';
import { pause, waitFor } from './wait.ts';
import type { AttemptSpec, AttemptDeps, AttemptResult } from '../attempt/attempt-result.ts';
import { sendAttempt } from '../attempt/send.ts';
import type { Caller, Context, RetryConfig, Sink, Target, Ticket, Trace } from '../contracts/index.ts';
import { GatewayError, isForAnother, meaningOf } from '../errors.ts';
import type { Events } from '../events/events.ts';
import { clientLeft } from '../request/client-disconnect.ts';
import { remaining } from '../timeouts/caller-deadline.ts';
import { elapsed } from '../trace/elapsed.ts';
import { addNote } from '../trace/note.ts';
import { isOpen } from '../upstreams/availability.ts';

export interface DispatchDeps extends AttemptDeps, SelectDeps, LearnDeps, Routing {
  readonly retry: RetryConfig;
  readonly random: () => number;
  /** undefined: no second target is asked meanwhile */
  readonly hedge: Hedge | undefined;
  readonly events: Pick<Events, 'request' | 'send' | 'attempt' | 'end'>;
}

/** Most requests are answered at once. */
const NONE: readonly never[] = [];

/**
 * One request from its context to its end: selects a target, sends, and goes on elsewhere as long as the client has seen
 * nothing. `select` and `nextStep` decide; whatever is waited for is waited for here.
 */
export async function dispatch(asked: Context, sink: Sink, gateway: DispatchDeps): Promise<void> {
  let context = asked;
  let failed: readonly AttemptResult[] = NONE;
  let tried: readonly Target[] = NONE;
  let waited = NOT_WAITED;
  let unsaid: GatewayError | undefined;
  gateway.events.request.emit(asked, sink);
  try {
    const begun = asked.caller && begin(asked, asked.caller);
    asked.ticket = begun instanceof Promise ? await begun : begun;
    if (asked.kept && !asked.disconnect.disconnected) return asked.kept(sink);
    gateway.budgets.of(asked.route).deposit();
    for (;;) {
      // A signal that was aborted before a listener is added fires no event.
      if (context.disconnect.disconnected) throw clientLeft();
      if (gateway.closing)
        throw new GatewayError('shutting_down', 'the gateway had to stop before a provider was asked');
      const selected = select(context, tried, waited, gateway, gateway.now(), remaining(context));
      for (const note of selected.notes) addNote(context, note);
      if (isWait(selected)) {
        waited = await waitFor(context, selected, waited, gateway);
        continue;
      }
      waited = NOT_WAITED;
      const target = pick(context, selected);
      const isGamble = target !== undefined && isAgainstTheOdds(context, target, selected, gateway);
      let last: AttemptResult | undefined;
      if (target) {
        let results: readonly AttemptResult[];
        try {
          // One attempt, or two at once.
          const first = attemptAt(context, target, sink, gateway);
          results = gateway.hedge
            ? await hedged(first, tried, gateway.hedge, gateway)
            : [await sendAttempt(first)];
        } catch (error) {
          if (!isForAnother(error)) throw error;
          // Of what each target said, what passes first.
          if (!unsaid || (error.retryAfterS ?? Infinity) < (unsaid.retryAfterS ?? Infinity)) unsaid = error;
          addNote(context, { out: { [target.id]: [`${error.code}: ${error.message}`] } });
          tried = [...tried, target];
          continue;
        }
        last = results.at(-1) as AttemptResult;
        if (last.attempt.outcome === 'left') throw clientLeft();
        if (isAnswer(context, last, sink)) return end(context, sink, last);
        failed = [...failed, ...results];
        tried = triedAfter(results, context, tried, failed, gateway);
      }
      const isFree = isGamble || (target !== undefined && !tried.includes(target));
      let step = nextStep(context, { failed, tried, last, isFree }, givenFor(context, gateway));
      pay(context, step, gateway);
      if (step.kind === 'fall back') {
        const other = fallback(context, step, gateway);
        if (other) {
          context = other;
          tried = NONE;
          continue;
        }
        step = step.instead;
      }
      switch (step.kind) {
        case 'retry':
          continue;
        case 'wait':
          await pause(context, step);
          tried = without(tried, step.target);
          continue;
        case 'end':
          return sendFinalError(
            context,
            sink,
            failed,
            failed.length === 0 ? (errorOf(selected) ?? unsaid) : undefined,
          );
      }
    }
  } catch (error) {
    fail(context, sink, error);
  } finally {
    context.disconnect.over();
    context.trace.endedUs = elapsed(context);
    const costs = asked.ticket?.over(asked.trace);
    if (costs) addCosts(asked.trace, costs);
    gateway.events.end.emit(context, undefined);
  }
}

const begin = ({ call, trace, disconnect }: Context, caller: Caller): Ticket | Promise<Ticket> =>
  caller.begin({ call, trace, end: (error) => disconnect.end(error) });

const isWait = (selected: Selection): selected is Wait =>
  selected.kind === 'wait for a slot' || selected.kind === 'wait for a process';

const errorOf = (selected: Selection): GatewayError | undefined =>
  selected.kind === 'none' ? selected.error : undefined;

const without = (targets: readonly Target[], target: Target): readonly Target[] =>
  targets.filter((one) => one !== target);

function pick(context: Context, selected: Selection): Target | undefined {
  if (selected.kind !== 'pick') return undefined;
  const { targets, strategy } = context.route;
  const { among = targets } = selected;
  return strategy.pick(among, context) ?? among[0];
}

/** The target is asked although it is blocked on a guess. A retry at another one that answers well is free then. */
function isAgainstTheOdds(
  { route }: Context,
  target: Target,
  selected: Selection,
  { now }: DispatchDeps,
): boolean {
  if (selected.kind !== 'pick' || !selected.among || isOpen(target, now())) return false;
  return route.targets.some(({ stats }) => stats.wellSinceMs !== undefined);
}

/** The client has an answer, or the beginning of one. */
function isAnswer(context: Context, result: AttemptResult, sink: Sink): boolean {
  return (result.attempt.outcome === 'answered' || sink.committed) && !isTooLongHere(context, result);
}

/** One attempt with its deadlines. Its result is learned before the next request in the queue gets the slot. */
function attemptAt(context: Context, target: Target, sink: Sink, gateway: DispatchDeps): AttemptSpec {
  const ended = (result: AttemptResult): void => {
    try {
      learn(context, result, gateway);
    } catch (error) {
      // An error of a plugin that learns must not fail the request.
      context.log.error({ err: error, id: context.id }, 'what came of an attempt could not be learned');
    }
  };
  return { context, target, timeouts: timeoutsOf(context, target, gateway), sink, gateway, ended };
}

/** What the next step depends on beside the request: the clock, chance, and whether the budget pays for one more. */
function givenFor(context: Context, { budgets, retry, now, random }: DispatchDeps): Given {
  const { hasOne: hasBudget } = budgets.of(askedFor(context));
  return { retry, nowMs: now(), remainingMs: remaining(context), hasBudget, chance: random() };
}

function pay(context: Context, step: Step, { budgets }: DispatchDeps): void {
  if (step.costs) budgets.of(askedFor(context)).withdraw();
  const last = step.kind === 'fall back' ? step.instead : step;
  if (last.kind === 'end' && last.isBudgetSpent) addNote(context, { remark: BUDGET_SPENT });
}

function addCosts(trace: Trace, costs: NonNullable<ReturnType<Ticket['over']>>): void {
  trace.attempts.forEach((attempt, at) => {
    const [usage, cost] = [attempt.usage, costs[at]];
    if (!usage || cost === undefined) return;
    attempt.usage = { ...usage, cost };
    if (trace.usage === usage) trace.usage = attempt.usage;
  });
}

/** The client has a complete answer, or one that ends visibly broken. */
function end(context: Context, sink: Sink, result: AttemptResult): void {
  const { trace } = context;
  if (result.refusal) return sendFinalError(context, sink, [result]);
  trace.status = result.attempt.status ?? 200;
  trace.ending = result.ending ?? 'complete';
  trace.error = result.error?.message;
  trace.reason = result.error?.code;
}

function fail(context: Context, sink: Sink, thrown: unknown): void {
  // The client may have left because the gateway ended the answer.
  const error = GatewayError.from(context.disconnect.error ?? thrown);
  const { fault, ending } = meaningOf(error.code);
  if (fault === 'gateway')
    context.log.error({ err: thrown, id: context.id }, 'a request failed for a reason of our own');
  if (ending === 'left') return void (context.trace.ending = ending);
  if (sink.committed) {
    context.trace.ending = 'error';
    context.trace.error = error.message;
    context.trace.reason = error.code;
    return sink.break();
  }
  sendFinalError(context, sink, [], error);
}

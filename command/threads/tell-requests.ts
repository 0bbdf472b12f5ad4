import type { AttemptResult } from '../../core/attempt/attempt-result.ts';
import type { Attempt, Context } from '../../core/contracts/index.ts';
import type { Events } from '../../core/events/events.ts';
import type { ToldAttempt, ToldBegin, ToldEnd, ToldRequest, ToldSend } from './messages.ts';
import { nameOf } from './target-name.ts';

interface To {
  begin?(told: ToldBegin): void;
  send(told: ToldSend): void;
  attempt(told: ToldAttempt): void;
  end?(told: ToldEnd): void;
}

/**
 * Tells other threads what happens to the requests of this one.
 * @param isOwn whether it is one of this thread, and not one that another has told
 */
export function tellRequests(events: Events, isOwn: (context: Context) => boolean, to: To): void {
  /** attempts at targets that have failed lately: their ends are news whatever they are */
  const watched = new WeakSet<Attempt>();
  const refused = new WeakSet<Attempt>();

  if (to.begin)
    events.request.on((context) => {
      const { startedEpochMs, key, route, strategy } = context.trace;
      const { from } = context.disconnect;
      to.begin?.({ ...requestOf(context), trace: { startedEpochMs, key, route, strategy }, from });
    });
  events.send.on((_request, attempt, context) => {
    const isWatched = hasFailed(attempt);
    if (isWatched) watched.add(attempt);
    to.send({ id: context.id, target: nameOf(attempt.target), isWatched });
  });
  events.attempt.on((attempt, context, result) => {
    if (!isOwn(context)) return;
    const { refusal, refusalScope } = result as AttemptResult;
    if (refusal) refused.add(attempt);
    const isNews = watched.has(attempt) || attempt.outcome === 'failed' || refusalScope !== undefined;
    if (!isNews) return;
    const { key, ...scope } = refusalScope ?? {};
    to.attempt({
      request: requestOf(context),
      ...toldOf(attempt, refused),
      scope: refusalScope && (scope as ToldAttempt['scope']),
      nthKey: key?.nth,
    });
  });
  if (to.end)
    events.end.on(({ trace: { candidates: _, attempts, ...trace } }) =>
      to.end?.({ id: trace.id, trace, attempts: attempts.map((attempt) => toldOf(attempt, refused)) }),
    );
}

function toldOf(attempt: Attempt, refused: WeakSet<Attempt>): ToldEnd['attempts'][number] {
  const { target, ...rest } = attempt;
  return { target: nameOf(target), attempt: rest, isRefused: refused.has(attempt) };
}

export const requestOf = ({ id, call, route, startedMs }: Context): ToldRequest => ({
  id,
  startedEpochMs: startedMs + performance.timeOrigin,
  surface: call.surface,
  model: call.model,
  stream: call.stream,
  candidates: route.targets.map(nameOf),
});

const hasFailed = ({ target: { stats, through } }: Attempt): boolean =>
  stats.circuit.hasFailed || through?.stats.circuit.hasFailed === true;

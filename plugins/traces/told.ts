import type { Attempt, Trace } from '../../core/contracts.ts';
import { spent } from '../../core/spent.ts';

/** A trace as it is shown: names instead of objects, times in ms since the request came, a tenth exact. */
export function told(trace: Trace): Record<string, unknown> {
  const {
    id,
    time,
    surface,
    model,
    stream,
    route,
    strategy,
    translated,
    notes,
    ending,
    status,
    error,
    bytes,
  } = trace;
  const { waited, overhead } = spent(trace);
  return {
    id,
    time: new Date(time).toISOString(),
    surface,
    model,
    stream,
    route,
    strategy,
    ...(translated === undefined ? {} : { translated }),
    candidates: trace.candidates.map((target) => ({ target: target.id, ...outOf(trace, target.id) })),
    notes: notes.map(({ at, took, ...rest }) => ({
      at: ms(at),
      ...rest,
      ...(took === undefined ? {} : { ms: ms(took) }),
    })),
    attempts: trace.attempts.map(attempt),
    commit: ms(trace.commit),
    ending,
    status,
    ...(error === undefined ? {} : { error }),
    ms: ms(trace.ended),
    waited: ms(waited),
    overhead: ms(overhead),
    bytes,
  };
}

function attempt({
  target,
  started,
  connected,
  head,
  firstContent,
  ended,
  ...rest
}: Attempt): Record<string, unknown> {
  return {
    target: target.id,
    provider: target.provider.name,
    model: target.model,
    ...rest,
    started: ms(started),
    connected: ms(connected),
    head: ms(head),
    firstContent: ms(firstContent),
    ended: ms(ended),
  };
}

/** Why a candidate was out when it was first looked at; nothing where it was not. */
function outOf({ notes }: Trace, id: string): { out?: readonly string[] } {
  const reasons = notes.find(({ out }) => out?.[id])?.out?.[id];
  return reasons ? { out: reasons } : {};
}

function ms(micros: number | undefined): number | undefined {
  return micros === undefined ? undefined : Math.round(micros / 100) / 10;
}

import type { Attempt, Trace } from '../../core/contracts.ts';

/** A trace as it is shown: names instead of objects, times in ms since the request came, a tenth exact. */
export function told(trace: Trace): Record<string, unknown> {
  const { id, time, surface, model, stream, route, strategy, translated, notes, commit, ending, status, error, ms, bytes } = trace;
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
    notes: notes.map(({ at, ms: waited, ...rest }) => ({ at: tenth(at), ...rest, ...(waited === undefined ? {} : { ms: tenth(waited) }) })),
    attempts: trace.attempts.map(attempt),
    commit: tenth(commit),
    ending,
    status,
    ...(error === undefined ? {} : { error }),
    ms: tenth(ms),
    bytes,
  };
}

function attempt({ target, started, connected, head, firstContent, ended, ...rest }: Attempt): Record<string, unknown> {
  return {
    target: target.id,
    provider: target.provider.name,
    model: target.model,
    ...rest,
    started: tenth(started),
    connected: tenth(connected),
    head: tenth(head),
    firstContent: tenth(firstContent),
    ended: tenth(ended),
  };
}

/** Why a candidate was out when it was first looked at; nothing where it was not. */
function outOf({ notes }: Trace, id: string): { out?: readonly string[] } {
  const reasons = notes.find(({ out }) => out?.[id])?.out?.[id];
  return reasons ? { out: reasons } : {};
}

function tenth(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 10) / 10;
}

import type { AttemptRecord, TraceRecord } from '../../core/contracts/index.ts';
import type { Unsent } from '../../kits/feature-kit/answers.ts';
import { partsOf, tenths, timeBreakdown } from '../../kits/feature-kit/index.ts';
import type { AttemptTrace, RequestTrace } from './answers.ts';

/** A trace as the API shows it: times in ms since the request came, to the tenth. */
export function describeTrace(trace: TraceRecord): Unsent<RequestTrace> {
  const { id, time, surface, model, stream, key, route, strategy, translated, notes, attempts } = trace;
  const { ending, status, error, reason, ended, commit, bytes, usage } = trace;
  const { waited, overhead } = timeBreakdown(trace);
  return {
    id,
    time: new Date(time).toISOString(),
    surface,
    model,
    stream,
    key: key ?? null,
    route,
    strategy,
    translated,
    candidates: trace.candidates.map((target) => ({ target, ...outOf(trace, target) })),
    notes: notes.map(({ at, took, ...rest }) => ({ at: ms(at), ...rest, ms: ms(took) })),
    attempts: attempts.map(attempt),
    commit: ms(commit),
    ending: ending ?? null,
    status,
    error,
    reason,
    ms: ms(ended),
    waited: ms(waited),
    overhead: ended === undefined ? undefined : ms(overhead),
    bytes,
    usage: usage ?? null,
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
}: AttemptRecord): Unsent<AttemptTrace> {
  return {
    target,
    ...partsOf(target),
    ...rest,
    started: ms(started),
    connected: ms(connected),
    head: ms(head),
    firstContent: ms(firstContent),
    ended: ms(ended),
  };
}

/** Why a candidate was blocked when it was first considered; nothing where it was not. */
function outOf({ notes }: TraceRecord, id: string): { out?: readonly string[] } {
  const reasons = notes.find(({ out }) => out?.[id])?.out?.[id];
  return reasons ? { out: reasons } : {};
}

/** Unknown values are left out of the answer. */
function ms(micros: number): number;
function ms(micros: number | undefined): number | undefined;
function ms(micros: number | undefined): number | undefined {
  return micros === undefined ? undefined : tenths(micros);
}

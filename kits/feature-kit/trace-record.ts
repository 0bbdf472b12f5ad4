import type { Attempt, AttemptRecord, Target, Trace, TraceRecord } from '../../core/contracts/index.ts';

export function record(trace: Trace): TraceRecord {
  return { ...trace, candidates: trace.candidates.map(idOf), attempts: trace.attempts.map(attemptRecord) };
}

/** A target's id, `provider/model`, taken apart: a provider's name has no slash. */
export function partsOf(id: string): { readonly provider: string; readonly model: string } {
  const slash = id.indexOf('/');
  return { provider: id.slice(0, slash), model: id.slice(slash + 1) };
}

const idOf = ({ id }: Target): string => id;

function attemptRecord(attempt: Attempt): AttemptRecord {
  return { ...attempt, target: attempt.target.id };
}

import type { Trace, TraceNote } from '../contracts/index.ts';
import { elapsed } from './elapsed.ts';

interface Noted {
  readonly startedMs: number;
  readonly trace: Trace;
}

/** Notes in the trace what was looked at or waited for, at this moment unless another is said. */
export function addNote(context: Noted, what: Omit<TraceNote, 'at'>, at = elapsed(context)): void {
  context.trace.notes = [...context.trace.notes, { at, ...what }];
}

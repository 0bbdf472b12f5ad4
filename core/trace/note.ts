import type { Trace, TraceNote } from '../contracts/index.ts';
import { elapsed } from './elapsed.ts';

interface Noted {
  readonly startedMs: number;
  readonly trace: Trace;
}

/** Adds a note to the trace: an exclusion, a wait or a remark. The time is now unless another is given. */
export function addNote(context: Noted, what: Omit<TraceNote, 'atUs'>, atUs = elapsed(context)): void {
  context.trace.notes = [...context.trace.notes, { atUs, ...what }];
}

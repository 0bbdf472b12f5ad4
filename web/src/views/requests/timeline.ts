import type { RequestTrace } from '../../api/types.ts';
import type { Tone } from '../../ui/tone.ts';

/** A stretch of a request's time, in ms since it came. */
export interface Span {
  readonly title: string;
  /** its result and reason */
  readonly detail: string | undefined;
  readonly tone: Tone;
  readonly from: number;
  readonly to: number;
  /** its moments, such as the first content */
  readonly marks: readonly { readonly at: number; readonly label: string }[];
}

/** What happened, in order: waits, attempts, and the end of it. */
export function spansOf(trace: RequestTrace): readonly Span[] {
  const end = endOf(trace);
  const waits = trace.notes
    .filter(({ waited }) => waited !== undefined)
    .map(({ at, ms = 0, waited }): Span => {
      // A wait is recorded when it is over.
      const from = Math.max(0, at - ms);
      return { title: 'Waited', detail: waited, tone: 'off', from, to: at, marks: [] };
    });
  const attempts = trace.attempts.map((attempt, index): Span => {
    const { target, outcome, started, ended = end, reason, message, status, hedged } = attempt;
    const marks = [
      ...mark(attempt.connected, 'connected'),
      ...mark(attempt.head, 'head'),
      ...mark(attempt.firstContent, 'first content'),
    ];
    const words = [reason, status, message, hedged && `hedge ${hedged}`].filter(Boolean).join(' · ');
    return {
      title: `Attempt ${index + 1}: ${target}`,
      detail: outcome === 'answered' ? words || 'answered' : words || outcome,
      tone: trace.ending === null && attempt.ended === undefined ? 'busy' : TONES[outcome],
      from: started,
      to: ended,
      marks,
    };
  });
  return [...waits, ...attempts].sort((a, b) => a.from - b.from);
}

/** When it was over, or its last known time. */
export function endOf({ ms, attempts, commit = 0 }: RequestTrace): number {
  const known = attempts.flatMap(({ started, head, firstContent, ended }) => [
    started,
    head ?? 0,
    firstContent ?? 0,
    ended ?? 0,
  ]);
  return ms ?? Math.max(commit, 0, ...known);
}

const TONES = { answered: 'well', failed: 'bad', left: 'off' } as const satisfies Record<string, Tone>;

function mark(at: number | undefined, label: string): Span['marks'] {
  return at === undefined ? [] : [{ at, label }];
}

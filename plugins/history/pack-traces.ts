import type { Attempt, AttemptRecord, Target, Trace, TraceRecord } from '../../core/contracts/index.ts';

/**
 * The format of traces in a row of the file: common texts are stored once and referred to by number, and members are
 * stored in a fixed order without names. That takes a third of the space, and of the time. New members are appended, so
 * that older rows stay readable.
 */
export interface PackedTraces {
  readonly texts: readonly string[];
  /** lists of candidates, each as indexes into `texts` */
  readonly lists: readonly (readonly number[])[];
  readonly traces: readonly (readonly unknown[])[];
}

export function packTraces(traces: readonly Trace[]): PackedTraces {
  const texts = new Numbered<string>();
  const lists = new Numbered<readonly Target[]>();
  const all = traces.map((trace) => packedTrace(trace, texts, lists));
  const candidates = lists.all.map((targets) => targets.map(({ id }) => texts.of(id)));
  return { texts: texts.all, lists: candidates, traces: all };
}

export function unpackTraces({ texts, lists, traces }: PackedTraces): TraceRecord[] {
  const named = (number: unknown): string => texts[number as number] as string;
  return traces.map((values) => {
    const [id, time, surface, model, stream, route, strategy, list, attempts, ending, ...rest] = values;
    const [status, ended, bytes, commit, notes, usage, key, translated, error, reason] = rest;
    const always = {
      id,
      time,
      surface: named(surface),
      model: named(model),
      stream: stream === 1,
      route: named(route),
      strategy: named(strategy),
      candidates: (lists[list as number] ?? []).map(named),
      notes: notes ?? [],
      attempts: (attempts as unknown[][]).map((attempt) => unpackedAttempt(attempt, named)),
      ending: named(ending),
    };
    const ends = { status, ended, bytes, commit, usage, key, translated, error, reason };
    return present({ ...always, ...ends } satisfies Members<TraceRecord>) as unknown as TraceRecord;
  });
}

/** Numbers values in the order in which they are first seen. */
class Numbered<T> {
  readonly all: T[] = [];
  readonly #numbers = new Map<T, number>();

  of(thing: T): number {
    const known = this.#numbers.get(thing);
    if (known !== undefined) return known;
    this.#numbers.set(thing, this.all.length);
    return this.all.push(thing) - 1;
  }
}

/** Members that every trace has come first; the others are only written where present. */
function packedTrace(trace: Trace, texts: Numbered<string>, lists: Numbered<readonly Target[]>): unknown[] {
  const values: unknown[] = [
    trace.id,
    trace.time,
    texts.of(trace.surface),
    texts.of(trace.model),
    trace.stream ? 1 : 0,
    texts.of(trace.route),
    texts.of(trace.strategy),
    lists.of(trace.candidates),
    trace.attempts.map((attempt) => packedAttempt(attempt, texts)),
    texts.of(trace.ending ?? 'error'),
    trace.status,
    trace.ended,
    trace.bytes,
    trace.commit,
  ];
  const { notes, usage, key, translated, error, reason } = trace;
  if (usage !== undefined || notes.length > 0 || (key ?? translated ?? error ?? reason) !== undefined)
    values.push(notes.length > 0 ? notes : undefined, usage, key, translated, error, reason);
  return values;
}

function packedAttempt(attempt: Attempt, texts: Numbered<string>): unknown[] {
  const values: unknown[] = [
    texts.of(attempt.target.id),
    texts.of(attempt.outcome),
    attempt.started,
    attempt.bytes,
    attempt.status,
    attempt.connected,
    attempt.head,
    attempt.firstContent,
    attempt.ended,
  ];
  const { upstreamId, reason, message, key, scope, retryAfter, hedged, gap } = attempt;
  if ((upstreamId ?? reason ?? message ?? key ?? scope ?? retryAfter ?? hedged ?? gap) !== undefined)
    values.push(upstreamId, reason, message, key, scope, retryAfter, hedged, gap);
  return values;
}

function unpackedAttempt(values: readonly unknown[], named: (number: unknown) => string): AttemptRecord {
  const [target, outcome, started, bytes, status, connected, head, firstContent, ended, ...rest] = values;
  const [upstreamId, reason, message, key, scope, retryAfter, hedged, gap] = rest;
  const common = { target: named(target), outcome: named(outcome) };
  const times = { started, bytes, status, connected, head, firstContent, ended };
  const more = { upstreamId, reason, message, key, scope, retryAfter, hedged, gap };
  return present({
    ...common,
    ...times,
    ...more,
  } satisfies Members<AttemptRecord>) as unknown as AttemptRecord;
}

/** Every member, and no other: a member added to a trace must be added here too. */
type Members<Of> = Record<keyof Of, unknown>;

/** JSON writes null for an absent list element. */
function present(all: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null && value !== undefined));
}

import type {
  Attempt,
  AttemptRecord,
  Target,
  Trace,
  TraceNote,
  TraceRecord,
} from '../../core/contracts/index.ts';

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

/** Packs traces into one text, a few at a time. */
export class TracePacker {
  readonly #texts = new Numbered<string>();
  readonly #lists = new Numbered<readonly Target[]>();
  /** JSON lists without their brackets */
  readonly #pieces: string[] = [];

  add(traces: readonly Trace[]): void {
    if (traces.length === 0) return;
    const packed = traces.map((trace) => packedTrace(trace, this.#texts, this.#lists));
    this.#pieces.push(JSON.stringify(packed).slice(1, -1));
  }

  /** `PackedTraces` as JSON. */
  text(): string {
    const lists = this.#lists.all.map((targets) => targets.map(({ id }) => this.#texts.of(id)));
    const texts = JSON.stringify(this.#texts.all);
    return `{"texts":${texts},"lists":${JSON.stringify(lists)},"traces":[${this.#pieces.join(',')}]}`;
  }
}

export function unpackTraces({ texts, lists, traces }: PackedTraces): TraceRecord[] {
  const named = (number: unknown): string => texts[number as number] as string;
  return traces.map((values) => {
    const [id, startedEpochMs, surface, model, stream, route, strategy, list, attempts, ending, ...rest] =
      values;
    const [status, endedUs, bytes, committedUs, notes, usage, key, translated, error, reason, saved] = rest;
    const always = {
      id,
      startedEpochMs,
      surface: named(surface),
      model: named(model),
      stream: stream === 1,
      route: named(route),
      strategy: named(strategy),
      candidates: (lists[list as number] ?? []).map(named),
      notes: ((notes ?? []) as StoredNote[]).map(unpackedNote),
      attempts: (attempts as unknown[][]).map((attempt) => unpackedAttempt(attempt, named)),
      ending: named(ending),
    };
    const ends = { status, endedUs, bytes, committedUs, usage, key, translated, error, reason, saved };
    return present({ ...always, ...ends } satisfies Members<
      Omit<TraceRecord, 'node'>
    >) as unknown as TraceRecord;
  });
}

/** All ids in a row, ours and upstreams' own. */
export function idsIn(data: string): string[] {
  const { traces } = JSON.parse(data) as PackedTraces;
  return traces.flatMap(([id, ...rest]) => {
    const attempts = rest[7] as readonly (readonly unknown[])[];
    const theirs = attempts.map((attempt) => attempt[9]);
    return [id, ...theirs].filter((one) => typeof one === 'string');
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

/** How many members every trace has. They come first; the others are only written where present. */
const OF_EACH = 14;

function packedTrace(trace: Trace, texts: Numbered<string>, lists: Numbered<readonly Target[]>): unknown[] {
  const { notes, usage, key, translated, error, reason, saved } = trace;
  // A list that grows is made twice.
  const values: unknown[] = [
    trace.id,
    trace.startedEpochMs,
    texts.of(trace.surface),
    texts.of(trace.model),
    trace.stream ? 1 : 0,
    texts.of(trace.route),
    texts.of(trace.strategy),
    lists.of(trace.candidates),
    trace.attempts.map((attempt) => packedAttempt(attempt, texts)),
    texts.of(trace.ending ?? 'error'),
    trace.status,
    trace.endedUs,
    trace.bytes,
    trace.committedUs,
    notes.length > 0 ? notes.map(packedNote) : undefined,
    usage,
    key,
    translated,
    error,
    reason,
  ];
  // Only traces without an attempt have it, which a note shows, too.
  if (saved !== undefined) values.push(saved);
  else if (notes.length === 0 && (usage ?? key ?? translated ?? error ?? reason) === undefined)
    values.length = OF_EACH;
  return values;
}

function packedAttempt(attempt: Attempt, texts: Numbered<string>): unknown[] {
  const values: unknown[] = [
    texts.of(attempt.target.id),
    texts.of(attempt.outcome),
    attempt.startedUs,
    attempt.bytes,
    attempt.status,
    attempt.connectedUs,
    attempt.headUs,
    attempt.firstContentUs,
    attempt.endedUs,
  ];
  const { upstreamId, reason, message, key, scope, retryAfterMs, hedged, gapMs } = attempt;
  // An attempt that answered has the usage of the trace.
  const usage = attempt.outcome === 'answered' ? undefined : attempt.usage;
  if (
    (upstreamId ?? reason ?? message ?? key ?? scope ?? retryAfterMs ?? hedged ?? gapMs ?? usage) !==
    undefined
  )
    values.push(upstreamId, reason, message, key, scope, retryAfterMs, hedged, gapMs, usage);
  return values;
}

function unpackedAttempt(values: readonly unknown[], named: (number: unknown) => string): AttemptRecord {
  const [target, outcome, startedUs, bytes, status, connectedUs, headUs, firstContentUs, endedUs, ...rest] =
    values;
  const [upstreamId, reason, message, key, scope, retryAfterMs, hedged, gapMs, usage] = rest;
  const common = { target: named(target), outcome: named(outcome) };
  const times = { startedUs, bytes, status, connectedUs, headUs, firstContentUs, endedUs };
  const more = { upstreamId, reason, message, key, scope, retryAfterMs, hedged, gapMs, usage };
  return present({
    ...common,
    ...times,
    ...more,
  } satisfies Members<AttemptRecord>) as unknown as AttemptRecord;
}

/** A note as it stands in the file: its members have kept the names of the first version. */
type StoredNote = Omit<TraceNote, 'atUs' | 'tookUs'> & { readonly at: number; readonly took?: number };

const packedNote = ({ atUs, tookUs, ...rest }: TraceNote): StoredNote =>
  tookUs === undefined ? { at: atUs, ...rest } : { at: atUs, took: tookUs, ...rest };

const unpackedNote = ({ at, took, ...rest }: StoredNote): TraceNote =>
  took === undefined ? { atUs: at, ...rest } : { atUs: at, tookUs: took, ...rest };

/** Every member, and no other: a member added to a trace must be added here too. */
type Members<Of> = Record<keyof Of, unknown>;

/** JSON writes null for an absent list element. */
function present(all: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null && value !== undefined));
}

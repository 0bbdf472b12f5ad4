import type { Attempt, Target, Trace, Usage } from '../../core/contracts/index.ts';

const NOTHING: readonly never[] = [];
const NO_USAGE = {};
/** the numbers of a trace, of its attempt and of its usage, in the order in which they are kept */
const OF_TRACE = ['startedEpochMs', 'committedUs', 'endedUs', 'status', 'bytes'] as const;
const OF_ATTEMPT = [
  'startedUs',
  'connectedUs',
  'headUs',
  'firstContentUs',
  'endedUs',
  'status',
  'bytes',
  'gapMs',
  'key',
] as const;
const OF_USAGE = ['prompt', 'completion', 'total', 'cached', 'cacheWritten', 'cost'] as const;
const WIDTH = OF_TRACE.length + OF_ATTEMPT.length + OF_USAGE.length;

/**
 * The latest ended traces. One that was answered at its first attempt, as nearly all are, is kept as numbers in one list
 * and made into an object again only when it is read: a thousand objects of seven each would be copied by the collector
 * for all requests that come after.
 */
export class EndedTraces {
  readonly #size: number;
  readonly #numbers: Float64Array;
  /** the part that a trace shares with others, or all of it */
  readonly #kept: (Shared | Trace)[] = [];
  readonly #ids: string[] = [];
  readonly #upstreamIds: (string | undefined)[] = [];
  readonly #latest = new WeakMap<Target, Shared>();
  #next = 0;

  constructor(size: number) {
    this.#size = size;
    this.#numbers = new Float64Array(size * WIDTH);
  }

  add(trace: Trace): void {
    if (this.#size === 0) return;
    const at = this.#next;
    this.#next = (at + 1) % this.#size;
    const [attempt] = trace.attempts;
    if (!attempt || !isPlain(trace, attempt)) {
      this.#kept[at] = trace;
      return;
    }
    this.#kept[at] = this.#sharedOf(trace, attempt);
    this.#ids[at] = trace.id;
    this.#upstreamIds[at] = attempt.upstreamId === undefined ? undefined : apart(attempt.upstreamId);
    let to = put(this.#numbers, at * WIDTH, OF_TRACE, trace);
    to = put(this.#numbers, to, OF_ATTEMPT, attempt);
    put(this.#numbers, to, OF_USAGE, (trace.usage ?? NO_USAGE) as Named<typeof OF_USAGE>);
  }

  *newestFirst(): Generator<Trace> {
    const count = this.#kept.length;
    for (let back = 1; back <= count; back++) yield this.#at((this.#next - back + count) % count);
  }

  #at(at: number): Trace {
    const kept = this.#kept[at] as Shared | Trace;
    if (!(kept instanceof Shared)) return kept;
    const { target, estimated, isUnpriced, ...shared } = kept;
    const from = at * WIDTH;
    const ofAttempt = from + OF_TRACE.length;
    const upstreamId = this.#upstreamIds[at];
    const attempt = {
      target,
      outcome: 'answered',
      ...taken(this.#numbers, ofAttempt, OF_ATTEMPT),
      ...(upstreamId !== undefined && { upstreamId }),
    };
    const usage = taken(this.#numbers, ofAttempt + OF_ATTEMPT.length, OF_USAGE);
    return {
      ...shared,
      id: this.#ids[at] as string,
      notes: NOTHING,
      attempts: [attempt as Attempt],
      dropped: NOTHING,
      ending: 'complete',
      ...(taken(this.#numbers, from, OF_TRACE) as Pick<Trace, (typeof OF_TRACE)[number]>),
      error: undefined,
      reason: undefined,
      usage:
        'prompt' in usage
          ? ({ ...usage, ...(estimated && { estimated }), ...(isUnpriced && { cost: null }) } as Usage)
          : undefined,
    };
  }

  #sharedOf(trace: Trace, attempt: Attempt): Shared {
    const known = this.#latest.get(attempt.target);
    if (known?.isOf(trace)) return known;
    const shared = new Shared(trace, attempt);
    this.#latest.set(attempt.target, shared);
    return shared;
  }
}

/** A trace without members that only some traces have. */
function isPlain(
  { attempts, ending, notes, error, reason, dropped = NOTHING }: Trace,
  attempt: Attempt,
): boolean {
  if (attempts.length > 1 || ending !== 'complete' || notes.length > 0 || dropped.length > 0) return false;
  if ((error ?? reason ?? attempt.reason ?? attempt.message) !== undefined) return false;
  return (
    attempt.outcome === 'answered' && (attempt.hedged ?? attempt.scope ?? attempt.retryAfterMs) === undefined
  );
}

/** The common part of most traces of one target. */
class Shared {
  readonly target: Target;
  readonly surface: string;
  readonly model: string;
  readonly stream: boolean;
  readonly key: string | undefined;
  readonly route: string;
  readonly strategy: string;
  readonly candidates: readonly Target[];
  readonly translated: string | undefined;
  readonly estimated: boolean | undefined;
  readonly isUnpriced: boolean;

  constructor(trace: Trace, { target }: Attempt) {
    this.target = target;
    this.surface = trace.surface;
    this.model = trace.model;
    this.stream = trace.stream;
    this.key = trace.key;
    this.route = trace.route;
    this.strategy = trace.strategy;
    this.candidates = trace.candidates;
    this.translated = trace.translated;
    this.estimated = trace.usage?.estimated;
    this.isUnpriced = trace.usage?.cost === null;
  }

  isOf(trace: Trace): boolean {
    return (
      this.candidates === trace.candidates &&
      this.stream === trace.stream &&
      this.estimated === trace.usage?.estimated &&
      this.isUnpriced === (trace.usage?.cost === null) &&
      this.model === trace.model &&
      this.surface === trace.surface &&
      this.route === trace.route &&
      this.strategy === trace.strategy &&
      this.translated === trace.translated &&
      this.key === trace.key
    );
  }
}

type Named<Names extends readonly string[]> = { readonly [Name in Names[number]]?: number | undefined };

/** @returns where the next numbers go */
function put<const Names extends readonly string[]>(
  numbers: Float64Array,
  from: number,
  names: Names,
  values: Named<Names>,
): number {
  for (let at = 0; at < names.length; at++) numbers[from + at] = values[names[at] as Names[number]] ?? NaN;
  return from + names.length;
}

function taken<const Names extends readonly string[]>(
  numbers: Float64Array,
  from: number,
  names: Names,
): Named<Names> {
  const present = names.map((name, at) => [name, numbers[from + at] as number] as const);
  return Object.fromEntries(present.filter(([, number]) => !Number.isNaN(number))) as Named<Names>;
}

/** A copy: part of a longer text would keep all of that in memory. */
const apart = (text: string): string => Buffer.from(text).toString();

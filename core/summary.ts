import type { Ending } from './contracts.ts';
import { partsOf, type TraceRecord } from './record.ts';
import { spent } from './spent.ts';
import type { Usage } from './usage.ts';

/** One request in a list, as it is told: times in ms, to the tenth. */
export interface Summary {
  readonly id: string;
  /** ISO 8601, when it came */
  readonly time: string;
  readonly surface: string;
  readonly model: string;
  readonly stream: boolean;
  /** the name of the key that it came with; null: the house asks for none */
  readonly key: string | null;
  /** who answered, or was asked last; null: nobody */
  readonly provider: string | null;
  readonly target: string | null;
  readonly status: number | null;
  /** null: it is under way */
  readonly ending: Ending | null;
  readonly error: string | null;
  readonly attempts: number;
  readonly ms: number | null;
  /** until the first content of a stream went to the client */
  readonly ttft: number | null;
  readonly waited: number;
  readonly overhead: number | null;
  readonly bytes: number;
  readonly usage: Usage | null;
}

export function summary(trace: TraceRecord): Summary {
  const { id, time, surface, model, stream, attempts, ended } = trace;
  const target = attempts.at(-1)?.target;
  const { waited, overhead } = spent(trace);
  return {
    id,
    time: new Date(time).toISOString(),
    surface,
    model,
    stream,
    key: trace.key ?? null,
    provider: target === undefined ? null : partsOf(target).provider,
    target: target ?? null,
    status: trace.status ?? null,
    ending: trace.ending ?? null,
    error: trace.error ?? null,
    attempts: attempts.length,
    ms: ended === undefined ? null : tenths(ended),
    ttft: stream && trace.commit !== undefined ? tenths(trace.commit) : null,
    waited: tenths(waited),
    overhead: ended === undefined ? null : tenths(overhead),
    bytes: trace.bytes,
    usage: trace.usage ?? null,
  };
}

/** µs as ms, to the tenth. */
export function tenths(micros: number): number {
  return Math.round(micros / 100) / 10;
}

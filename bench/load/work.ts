import type { Spread } from './spread.ts';

export interface JsonWork {
  connections: number;
  /** How many requests, and how many bytes each. */
  amount: number;
  bytes: number;
  /** Default: 'bench-model'. */
  model?: string;
  /** Keys that are sent in turns, as `keyOf` names them. Default: one. */
  keys?: number;
  /** Texts in lists of parts, for a provider that takes them only as strings. */
  inParts?: boolean;
  /** Bytes of each answer, 1 KB by default. */
  answer?: number;
}

/** Latencies in ms, rate in requests per second; `failed` counts whatever was not a 2xx, errors and time-outs included. */
export interface JsonResult {
  answered: number;
  failed: number;
  rate: number;
  p50: number;
  p99: number;
}

export interface StreamsWork {
  /** How many at once, and how many one after the other. */
  streams: number;
  waves: number;
  chunks: number;
  /** ms between two chunks. */
  interval: number;
  /** What the upstream is to do is not in the body: a translation would refuse it. The upstream then does the usual. */
  isPlain?: boolean;
  /** Disconnect after this many chunks instead of reading to the end. */
  leaveAfter?: number;
  /**
   * Size of a group of connections that is opened together, and ms between two groups, before the first stream; by
   * default all at once.
   */
  burst?: { streams: number; every: number };
}

export interface StreamCounts {
  streams: number;
  chunks: number;
  missing: number;
  repeated: number;
  outOfOrder: number;
  stalled: number;
  withoutDone: number;
}

/** Everything seen of all streams of a job. Times in ms. */
export interface StreamsResult extends StreamCounts {
  /** How often each reason ended a stream badly. */
  failures: Record<string, number>;
  /** From the request written to the first token read, less the upstream's own delay. */
  ttft: Spread;
  /** Between two deltas of a stream. */
  gap: Spread;
  /** From a delta written by the upstream to it read by the load. */
  delay: Spread;
}

/** What one function of a peer has used up: µs of the processor, or bytes of the heap. */
export interface Spent {
  readonly name: string;
  /** the file that it is in; '' for what is built into the engine */
  readonly url: string;
  readonly amount: number;
}

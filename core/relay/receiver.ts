import type { IncomingHttpHeaders } from 'node:http';
import type { Call, Dialect, Formats, StreamEncoder } from '../contracts/index.ts';
import type { GatewayError } from '../errors.ts';
import type { Refusal } from '../failures/refusal.ts';
import type { AdaptedCall } from '../translation/adapt-call.ts';

/** Reads the body of one answer, judges it, and hands the result to its delivery. */
export interface Receiver {
  data(chunk: Buffer): void;
  /** the body ended in good HTTP form, which alone proves nothing */
  end(): void;
  /** it ended otherwise: the connection was lost, or a timeout passed */
  broken(error: Error): void;
  /** of what has come so far, estimated; undefined: it is not known what it holds */
  readonly tokens?: number | undefined;
}

/** What a receiver can do with the client's side. Ends exactly once, by `complete`, `whole`, `refuse` or `fail`. */
export interface Delivery {
  /** the client has seen something: a failure can no longer be hidden */
  readonly committed: boolean;
  /** Content is there: its timeout no longer runs. */
  firstContent(): void;
  /** The timeout for silence inside the answer. */
  readonly silence: {
    /** The answer is whole, or may be: the end of its body is waited for a moment longer. false: it goes on after all. */
    winding(isWinding: boolean): void;
    /** What came last was no part of the answer: the silence goes on. */
    unheard(): void;
  };
  /** Commits: the head goes out. @param isStream events follow: a failure can be told as one of them */
  open(headers: Record<string, string | string[]>, isStream: boolean): void;
  write(bytes: Buffer): void;
  /** Bytes of the answer, whether or not they are written. @param text them as Latin-1 @returns whether they may say its usage */
  countUsage(bytes: Buffer, text?: string): boolean;
  /** The answer was whole. */
  complete(): void;
  /** A whole answer at once. */
  whole(status: number, headers: Record<string, string | string[]>, body: Buffer): void;
  /** An answer that is the upstream's "no", as it came; another target may do better when `retryable`. */
  refuse(refusal: Refusal): void;
  /** It failed. Before the commit another target may be tried; after it `last` is sent and the body ends. */
  fail(error: GatewayError, last?: Buffer): void;
  /** What reading it threw, where the transport does not see it: ends it, too. */
  thrown(error: unknown): void;
}

/** What all receivers of one answer know. */
export interface Reading {
  /** the provider's name, for messages */
  readonly provider: string;
  readonly dialect: Dialect;
  /** what was asked */
  readonly call: Call;
  /** how the caller gets its stream */
  readonly encoder: StreamEncoder;
  readonly headers: IncomingHttpHeaders;
  /** What only counts tokens is not for the caller. */
  readonly hidesUsage?: boolean;
  /** most bytes of one event, and of an answer held in memory */
  readonly limits: { readonly event: number; readonly answer: number };
}

/** An answer whose head has come: all that its receiver is chosen by and made with. */
export interface StartProgress {
  readonly asked: AdaptedCall;
  /** what the client wants */
  readonly wanted: Call;
  readonly formats: Formats;
  readonly reading: Reading;
  readonly delivery: Delivery;
  readonly status: number;
}

export const brokenOff = ({ provider }: Reading, error: Error): string =>
  `${provider} broke the connection in the middle of its answer (${error.message})`;

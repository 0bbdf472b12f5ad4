import type { Amounts, Counted } from '../limits/limits.ts';
import type { Span } from '../limits/span.ts';

/** What a request of a thread takes, before it is sent. */
export interface ToReserve {
  readonly id: number;
  readonly amounts: Amounts;
  readonly bounds: readonly {
    readonly counted: Counted;
    readonly most: number;
    /** its counter */
    readonly name: string;
    readonly span: Span | undefined;
    /** the limit that it belongs to, and what that counts apart */
    readonly limit: string;
    readonly values: readonly string[];
  }[];
}

export interface Reserved {
  /** which of the bounds has not enough left; undefined: all is reserved */
  readonly spent: number | undefined;
  /** how much of each is used */
  readonly used: readonly number[];
}

/** What it has used of that in the end. */
export interface Settled {
  readonly id: number;
  readonly used: Amounts;
}

/** What keys do in a thread, by their ids. */
export interface Activity {
  readonly running: ReadonlyMap<string, number>;
  /** when they were used last, ms since 1970 */
  readonly used: ReadonlyMap<string, number | null>;
}

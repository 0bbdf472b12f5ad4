import type { Amounts, Counted } from '../limits/limits.ts';
import type { Span } from '../limits/span.ts';

/** Amounts that a request of a thread reserves, before it is sent. */
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
  /** the bound with too little left; undefined: all is reserved */
  readonly spent: number | undefined;
  /** how much of each is used */
  readonly used: readonly number[];
}

/** The amounts that it has used. */
export interface Settled {
  readonly id: number;
  readonly used: Amounts;
}

/** The activity of keys in a thread, by their ids. */
export interface Activity {
  readonly running: ReadonlyMap<string, number>;
  /** when they were used last, ms since 1970 */
  readonly used: ReadonlyMap<string, number | null>;
}

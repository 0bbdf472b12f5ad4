import type { Span } from './span.ts';

/** How much may be used; what is absent is not limited, and 0 is a limit. */
export interface Limits {
  readonly requests?: PerSpan;
  readonly tokens?: PerSpan;
  readonly dollars?: PerSpan;
  /** requests at once */
  readonly concurrency?: number;
  /** whether a request without a known price passes where dollars are limited; absent: it passes */
  readonly unknownPrice?: 'pass' | 'refuse';
}

export type PerSpan = { readonly [Name in Span]?: number };

/** What is counted in spans of time, and what at once. */
export const SPANNED = ['requests', 'tokens', 'dollars'] as const;
export type Counted = (typeof SPANNED)[number] | 'concurrency';

/** What a limit may be for: it counts each of them apart (`per`), or only some of them (`where`). */
export const DIMENSIONS = ['key', 'owner', 'label', 'model', 'provider'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Patterns, in which `*` stands for any text. */
export type Where = { readonly [Name in Dimension]?: string | readonly string[] };

/** A limit as it is written. */
export interface LimitTraits extends Limits {
  readonly per?: readonly Dimension[];
  readonly where?: Where;
}

/** A limit in force. */
export interface Limit extends LimitTraits {
  /** identifies its counters, also after a change */
  readonly id: string;
  /** null: a key's own */
  readonly name: string | null;
  readonly from: 'config' | 'api' | 'key';
}

/** Amounts that a request reserves, or has used. Money is in nano-dollars: it is added up exactly. */
export type Amounts = { readonly [Name in Counted]: number };

export const NANO = 1e9;

import type { Span } from './window.ts';

/** How much a key may use; what is absent is not limited, and 0 is a limit. */
export interface Limits {
  readonly requests?: PerSpan;
  readonly tokens?: PerSpan;
  /** requests at once */
  readonly concurrency?: number;
}

export type PerSpan = { readonly [Name in Span]?: number };
export const COUNTED = ['requests', 'tokens'] as const;
export type Counted = (typeof COUNTED)[number];

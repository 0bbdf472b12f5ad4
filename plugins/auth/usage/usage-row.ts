/** Usage in one hour by one key for one model at one provider. */
export interface UsageRow extends Dimensions, Amounts {
  /** the beginning of the hour, ms since 1970 */
  readonly atEpochMs: number;
}

export interface Dimensions {
  readonly key: string;
  readonly owner: string | null;
  readonly labels: readonly string[];
  /** the name that was asked for; '': none was */
  readonly model: string;
  /** that answered, or was asked last; null: none was */
  readonly provider: string | null;
}

/** Counts by the upstream, estimates, and the number of requests without either: never added up. */
export const COUNTED = [
  'requests',
  'failed',
  'unknown',
  'prompt',
  'completion',
  'estimatedPrompt',
  'estimatedCompletion',
  'cached',
  'cacheWritten',
] as const;

/** What it cost, in nano-dollars: for what was counted, for what is estimated, and the number of requests without a known price. */
const COSTS = ['cost', 'estimatedCost', 'unpriced'] as const;

/** Requests that were answered from the cache, and what that has saved: they are in no other number but the requests. */
export const SAVED = ['kept', 'savedPrompt', 'savedCompletion', 'savedCost'] as const;

export const AMOUNTS = [...COUNTED, ...COSTS, ...SAVED] as const;
export type Amounts = { readonly [Name in (typeof AMOUNTS)[number]]: number };

/** the name of models, where there are too many */
export const OTHER = '(other models)';

export const HOUR_MS = 3_600_000;

/** Groups of usage. A request of a key with several labels counts for each of them. */
export const GROUPS = ['key', 'owner', 'label', 'model', 'provider', 'hour', 'day', 'month'] as const;
export type Group = (typeof GROUPS)[number];
export const FILTERS = ['key', 'owner', 'label', 'model', 'provider'] as const;
export type Filter = (typeof FILTERS)[number];

export interface UsageQuery {
  readonly by: readonly Group[];
  readonly sinceEpochMs: number;
  readonly untilEpochMs: number;
  readonly only: { readonly [Name in Filter]?: string };
}

/** One line of an answer: the groups that were asked for, and their amounts. */
export type UsageLine = Amounts & { readonly [Name in Group]?: string | null };

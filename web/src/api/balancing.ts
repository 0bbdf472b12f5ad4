import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import type { Block } from './types.ts';

/** A part of JSON Schema: as much as strategies use. */
export interface Schema {
  readonly type?: string;
  /** `duration`: a number of ms, or a text such as `5s` */
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

export interface Strategy {
  readonly name: string;
  readonly description: string;
  readonly options: Schema;
  /** who picks where nothing is said */
  readonly standard: boolean;
}

export type Options = Readonly<Record<string, unknown>>;

export interface StrategyInForce {
  readonly use: string;
  readonly options: Options;
  readonly from: 'file' | 'override' | 'default';
}

/** One that could not pick, and what picked instead. */
export interface StrategyFailure {
  readonly model: string;
  readonly use: string;
  readonly standby: string;
  readonly message: string;
  readonly count: number;
}

export interface RouteTarget {
  readonly target: string;
  readonly provider: string;
  readonly model: string;
  readonly weight: number;
  readonly priority: number;
  readonly inflight: number;
  readonly out: Readonly<Record<string, Block>>;
  /** where the file says otherwise */
  readonly file?: { readonly weight: number; readonly priority: number };
  readonly attempts: number;
  /** 0 to 1; null while nobody was asked */
  readonly share: number | null;
}

export interface Route {
  readonly model: string;
  readonly configured: boolean;
  readonly strategy: StrategyInForce;
  readonly targets: readonly RouteTarget[];
  readonly fallbacks: readonly string[];
  readonly contextFallbacks: readonly string[];
  /** why the model cannot be answered for at all */
  readonly problem?: string;
}

export interface Routes {
  readonly data: readonly Route[];
  /** over which `attempts` and `share` count */
  readonly minutes: number;
}

/** What would become of a request that came now. */
export interface Foreseen {
  readonly model: string;
  readonly route: string;
  readonly strategy: string;
  readonly candidates: readonly {
    readonly target: string;
    readonly inflight: number;
    readonly latency: number;
    readonly ttft: number;
    readonly errorRate: number;
    readonly full: boolean;
    readonly out: Readonly<Record<string, Block>>;
  }[];
  readonly pick: string | null;
  readonly waits?: string;
  readonly error?: { readonly code: string; readonly status: number; readonly message: string };
  readonly remarks: readonly string[];
}

export interface ConfigChange {
  readonly path: string;
  /** null where the file says nothing */
  readonly file: unknown;
  readonly default?: unknown;
  readonly now: unknown;
}

export interface ConfigDiff {
  /** null where the gateway runs without one */
  readonly file: string | null;
  readonly changes: readonly ConfigChange[];
}

export const balancing = {
  strategies: () =>
    queryOptions({
      queryKey: ['strategies'],
      queryFn: ({ signal }) => get<{ data: readonly Strategy[] }>('strategies', { signal }),
      select: ({ data }) => data,
      staleTime: Number.POSITIVE_INFINITY,
    }),
  inForce: () =>
    queryOptions({
      queryKey: ['balancing', 'in-force'],
      queryFn: async ({ signal }): Promise<StrategyInForce> => {
        const { strategy, options, from } = await get<
          Omit<StrategyInForce, 'use'> & { readonly strategy: string }
        >('config/load-balancing', { signal });
        return { use: strategy, options, from };
      },
    }),
  strategyFailures: () =>
    queryOptions({
      queryKey: ['balancing', 'strategy-failures'],
      queryFn: async ({ signal }) =>
        (await get<{ readonly failures: readonly StrategyFailure[] }>('config/load-balancing', { signal }))
          .failures,
    }),
  routes: () =>
    queryOptions({
      queryKey: ['routes'],
      queryFn: ({ signal }) => get<Routes>('routes', { signal }),
    }),
  foreseen: (model: string) =>
    queryOptions({
      queryKey: ['routes', 'foreseen', model],
      queryFn: ({ signal }) => get<Foreseen>('route', { query: { model }, signal }),
    }),
  diff: () =>
    queryOptions({
      queryKey: ['config', 'diff'],
      queryFn: ({ signal }) => get<ConfigDiff>('config/diff', { signal }),
    }),
};

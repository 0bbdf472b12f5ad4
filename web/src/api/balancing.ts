import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import type { ConfigDiff, DryRun, LoadBalancing, Route, Routes, Strategies } from './types.ts';

/** The part of JSON Schema that strategies use. */
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

/** A strategy to choose from; the type of a JSON Schema is recursive, which no schema says to the compiler. */
export interface Strategy extends Omit<Strategies['data'][number], 'options'> {
  readonly options: Schema;
}

export type StrategyInForce = Route['strategy'];

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
        const { strategy, options, from } = await get<LoadBalancing>('config/load-balancing', { signal });
        return { use: strategy, options, from };
      },
    }),
  strategyFailures: () =>
    queryOptions({
      queryKey: ['balancing', 'strategy-failures'],
      queryFn: async ({ signal }) => (await get<LoadBalancing>('config/load-balancing', { signal })).failures,
    }),
  routes: () =>
    queryOptions({
      queryKey: ['routes'],
      queryFn: ({ signal }) => get<Routes>('routes', { signal }),
    }),
  dryRun: (model: string) =>
    queryOptions({
      queryKey: ['routes', 'dryRun', model],
      queryFn: ({ signal }) => get<DryRun>('route', { query: { model }, signal }),
    }),
  diff: () =>
    queryOptions({
      queryKey: ['config', 'diff'],
      queryFn: ({ signal }) => get<ConfigDiff>('config/diff', { signal }),
    }),
};

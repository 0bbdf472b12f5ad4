import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import type {
  Health,
  LoadBalancing,
  ModelList,
  Provider,
  Providers,
  RequestPage,
  StateChanges,
  Statistics,
} from './types.ts';

/**
 * Queries of the API, each under a key that begins with its subject. `live/freshen.ts` marks them stale as events come,
 * so a view only uses them.
 */
export const queries = {
  providers: () =>
    queryOptions({
      queryKey: ['providers'],
      queryFn: ({ signal }) => get<Providers>('providers', { signal }),
      select: ({ providers }) => providers,
    }),
  provider: (name: string) =>
    queryOptions({
      queryKey: ['providers', name],
      queryFn: ({ signal }) => get<Provider>(`providers/${encodeURIComponent(name)}`, { signal }),
    }),
  /** newest first */
  history: (name: string) =>
    queryOptions({
      queryKey: ['providers', name, 'history'],
      queryFn: ({ signal }) => get<StateChanges>(`providers/${encodeURIComponent(name)}/history`, { signal }),
      select: ({ data }) => data,
    }),
  health: () =>
    queryOptions({
      queryKey: ['health'],
      // 503: no provider can answer, and the body is the same.
      queryFn: ({ signal }) => get<Health>('health', { accepts: 503, signal }),
      // A lost store has no event.
      refetchInterval: 10_000,
    }),
  latestRequests: () =>
    queryOptions({
      queryKey: ['requests', 'latest'],
      queryFn: ({ signal }) => get<RequestPage>('requests', { query: { limit: 50 }, signal }),
    }),
  models: () =>
    queryOptions({
      queryKey: ['models'],
      queryFn: ({ signal }) => get<ModelList>('v1/models', { signal }),
      select: ({ data }) => data,
    }),
  loadBalancing: () =>
    queryOptions({
      queryKey: ['balancing', 'strategy'],
      queryFn: ({ signal }) => get<LoadBalancing>('config/load-balancing', { signal }),
    }),
  statistics: (range: string, filter: { provider?: string | undefined; model?: string | undefined } = {}) =>
    queryOptions({
      queryKey: ['statistics', range, filter],
      queryFn: ({ signal }) => get<Statistics>('statistics', { query: { range, ...filter }, signal }),
      refetchInterval: 30_000,
    }),
};

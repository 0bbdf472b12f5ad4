import { get } from './client.ts';
import { queryOptions } from '@tanstack/react-query';
import type { RequestTrace } from './types.ts';

export const traceQuery = (id: string) =>
  queryOptions({
    queryKey: ['requests', 'trace', id],
    queryFn: ({ signal }) => get<RequestTrace>(`requests/${encodeURIComponent(id)}`, { signal }),
    // An ended request does not change any more.
    staleTime: ({ state }) => (state.data?.ending ? Number.POSITIVE_INFINITY : 0),
    refetchInterval: ({ state }) => (state.data && state.data.ending === null ? 1_000 : false),
  });

import { infiniteQueryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get } from '../../api/client.ts';
import { newestFirst } from '../../api/recent-requests.ts';
import type { RequestPage, RequestSummary } from '../../api/types.ts';
import { useLive } from '../../live/store.ts';
import { asQuery, belongs, type Filter } from './filter.ts';

const PAGE = 100;
/** ms between two polls of running requests: only their end is an event */
const LOOK = 2_000;

function pages(filter: Filter) {
  return infiniteQueryOptions({
    queryKey: ['requests', 'pages', filter],
    queryFn: ({ pageParam, signal }) =>
      get<RequestPage>('requests', {
        query: { limit: PAGE, before: pageParam, ...asQuery(filter, Date.now()) },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    // Older pages do not change, and new requests arrive by events.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The requests that match a filter, newest first: pages of the past, and new ones while the page is open. */
export function useRequests(filter: Filter, isLive: boolean) {
  const query = useInfiniteQuery(pages(filter));
  const isBusy = useLive(({ ticks }) => (ticks.at(-1)?.inflight ?? 0) > 0);
  const running = useQuery({
    queryKey: ['requests', 'running', filter],
    queryFn: ({ signal }) =>
      get<RequestPage>('requests', { query: { limit: PAGE, ...asQuery(filter, Date.now()) }, signal }),
    enabled: isLive && isBusy,
    refetchInterval: LOOK,
  });
  const ended = useLive(({ requests }) => requests);
  const old = query.data?.pages.flatMap(({ data }) => data) ?? [];
  const fresh = isLive ? ended.filter((request) => belongs(request, filter)) : [];
  const looked = isLive ? (running.data?.data ?? []) : [];
  const requests = newestFirst(fresh, looked, old).filter((request) => !isStale(request));
  return { query, requests };

  /** It was running when it was loaded, which is long ago. */
  function isStale({ ending, id }: RequestSummary): boolean {
    return isLive && ending === null && isBusy && running.isFetched && !looked.some((one) => one.id === id);
  }
}

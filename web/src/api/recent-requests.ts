import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useLive } from '../live/store.ts';
import { queries } from './queries.ts';
import type { RequestPage, RequestSummary } from './types.ts';

interface Recent {
  /** newest first */
  readonly requests: readonly RequestSummary[];
  readonly query: UseQueryResult<RequestPage>;
}

/** The latest requests: those loaded at first, and those that have ended since. */
export function useRecentRequests(): Recent {
  const query = useQuery(queries.latestRequests());
  const live = useLive(({ requests }) => requests);
  return { requests: newestFirst(live, query.data?.data ?? []), query };
}

/** Two gateways have the same request where one has asked the other. */
export const keyOf = ({ id, node }: RequestSummary): string => (node === null ? id : `${id} ${node}`);

/** Several lists as one, each request once as in the first list that has it, newest first: ids grow with time. */
export function newestFirst(...lists: readonly (readonly RequestSummary[])[]): readonly RequestSummary[] {
  const byId = new Map<string, RequestSummary>();
  for (const list of lists) for (const one of list) if (!byId.has(keyOf(one))) byId.set(keyOf(one), one);
  return [...byId.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
}

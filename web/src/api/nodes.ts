import { queryOptions } from '@tanstack/react-query';
import { serverEvents } from '../live/sse.ts';
import { ask, get } from './client.ts';
import type { NodesAnswer, RestartStep } from './types.ts';

/** This gateway and its peers. */
export const nodes = () =>
  queryOptions({
    queryKey: ['nodes'],
    queryFn: ({ signal }) => get<NodesAnswer>('nodes', { signal }),
    select: ({ data }) => data,
    // Reports of peers have no event here.
    refetchInterval: 2_000,
  });

/** Restarts nodes one after the other, and calls back with each step. @throws ApiError, Unreachable */
export async function restartNodes(
  names: readonly string[],
  tell: (step: RestartStep) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await ask('POST', 'nodes/restart', { body: { nodes: names }, signal });
  for await (const { event, data } of serverEvents(response.body!))
    if (event === 'step') tell(JSON.parse(data) as RestartStep);
}

import { get } from './client.ts';
import { queryOptions } from '@tanstack/react-query';
import type { RequestSummary } from './types.ts';

/** One try at one target; times in ms since the request came. */
export interface AttemptTrace {
  readonly target: string;
  readonly provider: string;
  readonly model: string;
  readonly outcome: 'answered' | 'failed' | 'left';
  readonly reason?: string;
  readonly message?: string;
  readonly status?: number;
  readonly started: number;
  readonly connected?: number;
  readonly head?: number;
  readonly firstContent?: number;
  readonly ended?: number;
  readonly bytes: number;
  readonly hedged?: 'won' | 'lost';
  readonly upstreamId?: string;
}

export interface Bodies {
  readonly request: string;
  readonly requestBytes: number;
  readonly answer: string;
  readonly answerBytes: number;
}

/** Why one request went where it went. */
export interface RequestTrace extends Pick<
  RequestSummary,
  'id' | 'time' | 'surface' | 'model' | 'stream' | 'key' | 'ending' | 'usage' | 'waited' | 'bytes'
> {
  readonly route: string;
  readonly strategy: string;
  readonly translated?: string;
  readonly candidates: readonly { readonly target: string; readonly out?: readonly string[] }[];
  readonly notes: readonly {
    readonly at: number;
    readonly out?: Readonly<Record<string, readonly string[]>>;
    readonly waited?: string;
    readonly remark?: string;
    readonly ms?: number;
  }[];
  readonly attempts: readonly AttemptTrace[];
  /** when the first byte went to the client */
  readonly commit?: number;
  readonly status?: number;
  readonly error?: string;
  readonly reason?: string;
  readonly ms?: number;
  readonly overhead?: number;
  readonly bodies?: Bodies;
}

export const traceQuery = (id: string) =>
  queryOptions({
    queryKey: ['requests', 'trace', id],
    queryFn: ({ signal }) => get<RequestTrace>(`requests/${encodeURIComponent(id)}`, { signal }),
    // What has ended does not change any more.
    staleTime: ({ state }) => (state.data?.ending ? Number.POSITIVE_INFINITY : 0),
    refetchInterval: ({ state }) => (state.data && state.data.ending === null ? 1_000 : false),
  });

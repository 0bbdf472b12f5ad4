import type { Archive, RequestFilter, TraceRecord } from '../../core/contracts/index.ts';
import { matches, record } from '../../kits/feature-kit/index.ts';
import type { RecentTraces } from './recent-traces.ts';

interface Page {
  /** newest first */
  readonly data: readonly TraceRecord[];
  /** the `before` of the next page; null: this is the last */
  readonly next: string | null;
}

/**
 * Traces in memory and on disk as one list without duplicates; memory alone where the disk cannot be read.
 * @param node that those without one are of
 */
export async function page(
  kept: RecentTraces,
  archive: Archive | undefined,
  filter: RequestFilter,
  limit: number,
  node: string | undefined,
): Promise<Page> {
  const older = (await archive?.requests(filter, limit + 1).catch(() => [])) ?? [];
  // Memory is read last: a request that has ended meanwhile is in both.
  const recent = [...kept.newestFirst()].map(record).filter((trace) => matches(trace, filter));
  const all = new Map([...older, ...recent].map((trace) => [`${trace.id} ${trace.node ?? node}`, trace]));
  const sorted = [...all.values()].sort((one, other) => (one.id < other.id ? 1 : -1));
  const data = sorted.slice(0, limit);
  return { data, next: sorted.length > limit ? (data.at(-1) as TraceRecord).id : null };
}

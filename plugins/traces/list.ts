import type { Archive, RequestFilter, TraceRecord } from '../../core/contracts/index.ts';
import { matches, record } from '../../kits/feature-kit/index.ts';
import { idAtAsker, peerOf } from '../../kits/peer-kit/hop.ts';
import type { RecentTraces } from './recent-traces.ts';

interface Page {
  /** newest first */
  readonly data: readonly TraceRecord[];
  /** the `before` of the next page; null: this is the last */
  readonly next: string | null;
}

/** traces that are read beyond a page: those of one request at several gateways are next to each other, and are to be on one */
const BEYOND = 9;

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
  const most = limit + BEYOND;
  const older = (await archive?.requests(filter, most).catch(() => [])) ?? [];
  // Memory is read last: a request that has ended meanwhile is in both.
  const recent = [...kept.newestFirst()].map(record).filter((trace) => matches(trace, filter));
  const all = new Map([...older, ...recent].map((trace) => [`${trace.id} ${trace.node ?? node}`, trace]));
  const sorted = [...all.values()].sort((one, other) => (one.id < other.id ? 1 : -1));
  // The last that was read may have more of its request behind it.
  const end = older.length < most ? '' : (older.at(-1) as TraceRecord).id;
  const read = sorted.filter(({ id }) => idAtAsker(id) > idAtAsker(end));
  const listed = once(read);
  const data = listed.slice(0, limit);
  if (listed.length > limit) return { data, next: (data.at(-1) as TraceRecord).id };
  return { data, next: end === '' ? null : (read.at(-1)?.id ?? end) };
}

/** A request that went through a peer is at both gateways: it is listed where its caller sent it, if that is in the list. */
function once(traces: readonly TraceRecord[]): TraceRecord[] {
  const hops = traces.filter(({ key }) => peerOf(key) !== undefined);
  if (hops.length === 0) return [...traces];
  const asked = new Set(traces.filter(({ key }) => peerOf(key) === undefined).map(({ id }) => id));
  return traces.filter(({ id, key }) => peerOf(key) === undefined || !asked.has(idAtAsker(id)));
}

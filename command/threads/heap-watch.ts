import { constants, PerformanceObserver, type NodeGCPerformanceDetail } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { resourceLimits } from 'node:worker_threads';

const MIB = 2 ** 20;
/** The share of its old generation that may be left over by a full collection. With more, collections soon take all of its time. */
const MOST = 0.85;

/**
 * Notices that a thread runs out of memory while it can still say so: V8 ends it without a word, after collections that
 * hold its connections up for a minute.
 */
export function watchHeap(isShort: (why: Error) => void): void {
  const most = getHeapStatistics().heap_size_limit - youngGeneration();
  const observer = new PerformanceObserver((list) => {
    if (!list.getEntries().some(isFull)) return;
    const { used_heap_size: used } = getHeapStatistics();
    if (used < MOST * most) return;
    observer.disconnect();
    isShort(new Error(`it runs out of memory: ${mebibytes(used)} of ${mebibytes(most)} MiB are in use`));
  });
  observer.observe({ entryTypes: ['gc'] });
}

const isFull = (entry: unknown): boolean =>
  (entry as { readonly detail: NodeGCPerformanceDetail }).detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR;

/** bytes: three times the largest semi-space. V8's flag holds for threads, too, and Node does not tell it (24.21). */
function youngGeneration(): number {
  const flags = [process.env.NODE_OPTIONS ?? '', ...process.execArgv].join(' ');
  const [semiSpace] = [...flags.matchAll(/--max[-_]semi[-_]space[-_]size[= ](\d+)/g)].slice(-1);
  return MIB * (semiSpace ? 3 * Number(semiSpace[1]) : (resourceLimits.maxYoungGenerationSizeMb ?? 0));
}

const mebibytes = (bytes: number): number => Math.round(bytes / MIB);

import { told, type Sample } from './experiment.ts';
import type { StreamsResult, StreamsWork } from './load/work.ts';
import type { Rig } from './rig.ts';

/** A load of streams, and its result. */
export async function streamed(rig: Rig, work: StreamsWork): Promise<Sample> {
  const { result, cpu, others } = await rig.watch<StreamsResult>('streams', { ...work, limit: limit(work) });
  return {
    cpu: cpu === undefined ? undefined : cpu / result.chunks,
    others,
    ttft50: result.ttft.p50,
    ttft99: result.ttft.p99,
    ttftMax: result.ttft.max,
    gap99: result.gap.p99,
    gapMax: result.gap.max,
    delay50: result.delay.p50,
    delay99: result.delay.p99,
    delayMax: result.delay.max,
    streams: result.streams,
    chunks: result.chunks,
    whole: result.streams - result.withoutDone,
    missing: result.missing,
    disordered: result.repeated + result.outOfOrder,
    stalled: result.stalled,
    unfinished: result.withoutDone,
    failed: Object.values(result.failures).reduce((sum, count) => sum + count, 0),
  };
}

/** What must not happen to a stream. */
export const streamFaults = (sample: Sample): string[] =>
  told(sample, {
    missing: 'chunks missing',
    disordered: 'chunks twice or late',
    unfinished: 'streams without a good end',
    failed: 'streams failed',
  });

/** Twice the time without delays, and ten seconds. */
export const limit = ({ streams, waves, chunks, interval, burst }: StreamsWork): number =>
  2 * ((waves + 1) * (chunks + 2) * interval + (burst ? (burst.every * streams) / burst.streams : 0)) +
  10_000;

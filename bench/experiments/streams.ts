import { told, type Experiment, type Sample } from '../experiment.ts';
import type { StreamsResult, StreamsWork } from '../load/work.ts';
import { added, middle, ratio, total } from '../report/columns.ts';
import type { Rig } from '../rig.ts';

const stream = { chunks: 64, interval: 20 };
const levels = [
  { streams: 32, waves: 4 },
  { streams: 128, waves: 2 },
  { streams: 512, waves: 2 },
];
const quick = [{ streams: 32, waves: 1, chunks: 16, interval: 20 }];

/** Many streams at once: what a chunk costs, what the gateway adds to the first token, and that nothing is lost. */
export default {
  name: 'streams',
  columns: [
    middle('cpu', 'CPU µs/chunk', 1),
    ratio('cpu', '× bare'),
    middle('ttft50', 'first token p50 ms', 2),
    added('ttft50', 'added p50 ms'),
    added('ttft99', 'added p99 ms'),
    added('delay99', 'chunk added p99 ms'),
    middle('gap99', 'gap p99 ms', 1),
    total('missing', 'missing'),
    total('disordered', 'twice or late'),
    total('stalled', 'stalled'),
    total('unfinished', 'unfinished'),
  ],
  async measure(rig, isQuick) {
    await streams(rig, { streams: 128, waves: 1, chunks: isQuick ? 8 : 64, interval: 20 });
    const samples: Record<string, Sample> = {};
    for (const level of isQuick ? quick : levels)
      samples[`${level.streams} streams at once`] = await streams(rig, { ...stream, ...level });
    return samples;
  },
  faults: (sample) =>
    told(sample, {
      missing: 'chunks missing',
      disordered: 'chunks twice or late',
      unfinished: 'streams without a good end',
      failed: 'streams failed',
    }),
} satisfies Experiment;

async function streams(rig: Rig, work: StreamsWork): Promise<Sample> {
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
    missing: result.missing,
    disordered: result.repeated + result.outOfOrder,
    stalled: result.stalled,
    unfinished: result.withoutDone,
    failed: Object.values(result.failures).reduce((sum, count) => sum + count, 0),
  };
}

/** Twice the time it takes when nothing is slow, and ten seconds. */
export const limit = ({ waves, chunks, interval }: StreamsWork): number =>
  2 * (waves + 1) * (chunks + 2) * interval + 10_000;

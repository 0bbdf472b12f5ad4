import type { Experiment, Sample } from '../experiment.ts';
import { added, middle, ratio, total } from '../report/columns.ts';
import { streamed, streamFaults } from '../streamed.ts';

const stream = { chunks: 64, interval: 20 };
const levels = [
  { streams: 32, waves: 8 },
  { streams: 128, waves: 3 },
  { streams: 512, waves: 2 },
];
const quick = [{ streams: 32, waves: 1, chunks: 16, interval: 20 }];

/** Many streams at once: the cost of a chunk, the delay of the first token, and whether anything is lost. */
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
    await streamed(
      rig,
      isQuick ? { ...stream, streams: 128, waves: 1, chunks: 8 } : { ...stream, streams: 512, waves: 3 },
    );
    const samples: Record<string, Sample> = {};
    for (const level of isQuick ? quick : levels)
      samples[`${level.streams} streams at once`] = await streamed(rig, { ...stream, ...level });
    return samples;
  },
  faults: streamFaults,
} satisfies Experiment;

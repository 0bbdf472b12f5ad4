import type { Experiment } from '../experiment.ts';
import type { StreamsWork } from '../load/work.ts';
import { middle, total } from '../report/columns.ts';
import { streamed, streamFaults } from '../streamed.ts';

export const title = '5,000 streams at once, opened in bursts of 50';

/** ms: the first stream goes on until the last has begun. */
const all: StreamsWork = {
  streams: 5_000,
  waves: 1,
  chunks: 32,
  interval: 400,
  burst: { streams: 50, every: 60 },
};
const quick: StreamsWork = { ...all, streams: 200, chunks: 8, interval: 100 };

/** Far more streams at once than any queue holds, their connections opened in bursts: whether each arrives complete. */
export default {
  name: 'burst',
  rounds: 1,
  columns: [
    middle('cpu', 'CPU µs/chunk', 1),
    total('streams', 'streams'),
    total('whole', 'whole'),
    total('missing', 'chunks missing'),
    total('disordered', 'twice or late'),
    total('unfinished', 'unfinished'),
    total('failed', 'failed'),
  ],
  async measure(rig, isQuick) {
    const work = isQuick ? quick : all;
    const sample = { ...(await streamed(rig, work)), streams: work.streams };
    return { [isQuick ? '200 streams at once, opened in bursts of 50' : title]: sample };
  },
  faults: streamFaults,
} satisfies Experiment;

import { told, type Experiment } from '../experiment.ts';
import { middle, ratio, total } from '../report/columns.ts';
import { requests } from './json.ts';

/**
 * Long conversations and images: the cost of reading a request. A p99 far above p50 at 100 KB means bodies are held too
 * long.
 */
export default {
  name: 'bodies',
  columns: [
    middle('cpu', 'CPU µs/request'),
    ratio('cpu', '× bare'),
    middle('rate', 'requests/s'),
    middle('p50', 'p50 ms', 2),
    middle('p99', 'p99 ms', 2),
    total('failed', 'failed'),
  ],
  async measure(rig, isQuick) {
    const long = { connections: 32, bytes: 100 * 1_024 };
    const image = { connections: 4, bytes: 5 * 1_024 * 1_024 };
    await requests(rig, { ...long, amount: isQuick ? 100 : 1_000 });
    const conversation = await requests(rig, { ...long, amount: isQuick ? 200 : 3_000 });
    await requests(rig, { ...image, amount: isQuick ? 4 : 20 });
    return {
      'Request bodies of 100 KB, 32 connections': conversation,
      'Request bodies of 5 MB, 4 connections': await requests(rig, { ...image, amount: isQuick ? 8 : 100 }),
    };
  },
  faults: (sample) =>
    told(sample, { failed: 'requests failed', retold: 'requests more or fewer at the upstream' }),
} satisfies Experiment;

import { wait } from '../clock.ts';
import { told, type Experiment } from '../experiment.ts';
import type { JsonResult, StreamsResult } from '../load/work.ts';
import { middle, total } from '../report/columns.ts';
import type { Rig, UpstreamStats } from '../rig.ts';
import { limit } from '../streamed.ts';

// Releases what can be released before memory is read.
const pause = 500;

/** What the gateway keeps in memory, and whether a client disconnect aborts the upstream request. */
export default {
  name: 'memory',
  rounds: 1,
  without: ['direct'],
  columns: [
    middle('started', 'RSS started MiB'),
    middle('warm', 'after warm-up'),
    middle('later', 'after the requests'),
    middle('left', 'after the leavers'),
    total('leavers', 'left mid-stream'),
    total('aborted', 'aborted upstream'),
    total('inflight', 'still in flight'),
  ],
  async measure(rig, isQuick) {
    const started = rig.rss();
    const warm = await after(rig, isQuick ? 500 : 2_000);
    const later = await after(rig, isQuick ? 500 : 10_000);
    const before = await rig.upstream();
    const disconnect = {
      streams: isQuick ? 20 : 100,
      waves: isQuick ? 2 : 10,
      chunks: isQuick ? 32 : 64,
      interval: 20,
      leaveAfter: 4,
    };
    const { streams } = await rig.load<StreamsResult>('streams', { ...disconnect, limit: limit(disconnect) });
    const settled = await settle(rig);
    await wait(pause);
    const aborted = settled.aborted - before.aborted;
    return {
      'Memory and leaving': {
        started,
        warm,
        later,
        left: rig.rss(),
        leavers: streams,
        aborted,
        inflight: settled.inflight,
        kept: Math.abs(streams - aborted),
      },
    };
  },
  faults: (sample) =>
    told(sample, {
      inflight: 'requests still in flight at the upstream',
      kept: 'leavers whose upstream request was not aborted',
    }),
} satisfies Experiment;

async function after(rig: Rig, amount: number): Promise<number | undefined> {
  await rig.load<JsonResult>('json', { connections: 32, amount, bytes: 1_024, limit: 60_000 });
  await wait(pause);
  return rig.rss();
}

/** The upstream's counters once nothing is in flight, or after three seconds: an unread stream still lasts 1.3. */
async function settle(rig: Rig): Promise<UpstreamStats> {
  for (let waited = 0; waited < 3_000; waited += 50) {
    const stats = await rig.upstream();
    if (stats.inflight === 0) return stats;
    await wait(50);
  }
  return rig.upstream();
}

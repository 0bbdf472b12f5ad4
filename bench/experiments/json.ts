import { told, type Experiment, type Sample } from '../experiment.ts';
import type { JsonResult, JsonWork } from '../load/work.ts';
import { middle, ratio, total } from '../report/columns.ts';
import type { Rig } from '../rig.ts';

/** Requests after which the engine has compiled what they need: until then each costs up to three times as much. */
export const WARM = 50_000;

/** Small requests and answers: the gateway's cost when the model is the whole of the wait. */
export default {
  name: 'json',
  columns: [
    middle('cpu', 'CPU µs/request', 1),
    ratio('cpu', '× bare'),
    middle('rate', 'requests/s'),
    middle('p50', 'p50 ms', 2),
    middle('p99', 'p99 ms', 2),
    total('failed', 'failed'),
  ],
  async measure(rig, isQuick) {
    await requests(rig, { connections: 32, amount: isQuick ? 500 : WARM, bytes: 1_024 });
    return {
      'JSON 1 KB, 32 connections': await requests(rig, {
        connections: 32,
        amount: isQuick ? 1_000 : 40_000,
        bytes: 1_024,
      }),
      'JSON 1 KB, one at a time': await requests(rig, {
        connections: 1,
        amount: isQuick ? 100 : 3_000,
        bytes: 1_024,
      }),
    };
  },
  faults: (sample) =>
    told(sample, { failed: 'requests failed', retold: 'requests more or fewer at the upstream' }),
} satisfies Experiment;

/** Sends requests and measures their cost: CPU per request, latency, and whether the upstream saw each exactly once. */
export async function requests(rig: Rig, work: JsonWork): Promise<Sample> {
  const seen = await rig.upstream();
  const { result, cpu, others } = await rig.watch<JsonResult>('json', { ...work, limit: 60_000 });
  const { answered, failed, rate, p50, p99 } = result;
  const retold = Math.abs((await rig.upstream()).requests - seen.requests - work.amount);
  return { cpu: cpu === undefined ? undefined : cpu / answered, rate, p50, p99, failed, retold, others };
}

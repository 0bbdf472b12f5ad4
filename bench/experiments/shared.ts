import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wait } from '../clock.ts';
import { told, type Rounds, type Sample, type Study } from '../experiment.ts';
import type { JsonResult } from '../load/work.ts';
import { node } from '../node.ts';
import type { Options } from '../options.ts';
import { here, type Peer } from '../peer.ts';
import { start, stop } from '../processes.ts';
import { middle, total } from '../report/columns.ts';
import { withRig, type Rig } from '../rig.ts';
import { freePort } from '../stand.ts';
import { compared, turns, type Running } from '../turns.ts';

const OFF = 'limits in memory';
export const LEASED = 'limits in Redis';
export const ASKED = 'limits in Redis, each request asks';
export const title = 'JSON 1 KB, 32 connections, with limits in memory and in one Redis';
const CONNECTIONS = 32;
/** A slot may be given back after its answer has ended. So few are left for no gateway to hold one beyond its need. */
const SPARE = 3;

/**
 * What shared limits cost: gateways with the same limits in memory and in one Redis of this machine. The last one has a limit
 * of requests at once with few slots more than there are connections, so that each request asks Redis.
 */
export default {
  name: 'shared',
  columns: [
    middle('cpu', 'CPU µs/request', 1),
    middle('ratio', '× memory', 3),
    middle('quiet', 'quietest fifth', 1),
    middle('quietRatio', '× memory', 3),
    middle('p50', 'p50 ms', 2),
    middle('p99', 'p99 ms', 2),
    total('failed', 'failed'),
  ],
  run,
  faults: (sample) => told(sample, { failed: 'requests failed' }),
} satisfies Study;

async function run({ isQuick, withHeapFlags }: Options): Promise<Map<string, Rounds>> {
  if (spawnSync('redis-server', ['--version']).error) return new Map();
  const port = await freePort();
  const command = ['redis-server', '--port', String(port), '--bind', '127.0.0.1', '--save', ''];
  const redis = start(command, 'rest', { stdio: 'ignore' });
  try {
    // It listens long before the first gateway does.
    await wait(200);
    const shared = { use: 'redis', url: `redis://127.0.0.1:${port}` };
    const peers = [
      peer(OFF, {}),
      peer('limits in memory, again', {}),
      peer(LEASED, { shared: { ...shared, prefix: 'leased:' } }),
      peer(ASKED, { shared: { ...shared, prefix: 'asked:' } }, { concurrency: CONNECTIONS + SPARE }),
    ];
    const rigs: Running[] = [];
    const from = async (at: number): Promise<Map<string, Sample[]>> => {
      const next = peers[at];
      if (!next) return measured(rigs, isQuick);
      return withRig(next, node(withHeapFlags), async (rig) => {
        rigs.push({ name: next.name, rig });
        return from(at + 1);
      });
    };
    return new Map([[title, compared(await from(0), OFF)]]);
  } finally {
    await stop(redis);
  }
}

async function measured(rigs: readonly Running[], isQuick: boolean): Promise<Map<string, Sample[]>> {
  const amount = isQuick ? 500 : 1_500;
  for (const { rig } of rigs) await slice(rig, 2 * amount);
  return turns(rigs, isQuick ? 2 : 40, (rig) => slice(rig, amount));
}

async function slice(rig: Rig, amount: number): Promise<Sample> {
  const work = { connections: CONNECTIONS, amount, bytes: 1_024, limit: 60_000 };
  const { result, cpu, others } = await rig.watch<JsonResult>('json', work);
  const { answered, failed, p50, p99 } = result;
  return { cpu: cpu === undefined ? undefined : cpu / answered, failed, others, p50, p99 };
}

function peer(name: string, more: object, limit: object = {}): Peer {
  const config = (upstream: string): object => ({
    server: { host: '127.0.0.1' },
    history: { enabled: false },
    auth: { limits: { all: { requests: { minute: 1e9 }, tokens: { day: 1e13 }, ...limit } } },
    providers: {
      up: {
        use: 'openai-compatible',
        baseUrl: `${upstream}/v1`,
        apiKey: 'bench',
        models: { 'bench-model': 'bench-model' },
      },
    },
    ...more,
  });
  return {
    name,
    launch({ node: command, port, upstream, folder }) {
      const file = join(folder, 'switchyard.json');
      writeFileSync(file, JSON.stringify(config(upstream)));
      return [...command, here('../main.ts'), '--config', file, '--port', String(port)];
    },
  };
}

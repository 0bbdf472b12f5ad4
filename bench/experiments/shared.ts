import { spawnSync } from 'node:child_process';
import { wait } from '../clock.ts';
import { configured, providerAt } from '../configured.ts';
import { told, type Rounds, type Study } from '../experiment.ts';
import { node } from '../node.ts';
import type { Options } from '../options.ts';
import type { Peer } from '../peer.ts';
import { start, stop } from '../processes.ts';
import { middle, total } from '../report/columns.ts';
import { freePort } from '../stand.ts';
import { compared, CONNECTIONS, jsonTurns, sideBySide } from '../turns.ts';

const OFF = 'limits in memory';
export const LEASED = 'limits in Redis';
export const ASKED = 'limits in Redis, each request asks';
export const title = 'JSON 1 KB, 32 connections, with limits in memory and in one Redis';
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
    const samples = await sideBySide(peers, node(withHeapFlags), (rigs) => jsonTurns(rigs, isQuick));
    return new Map([[title, compared(samples, OFF)]]);
  } finally {
    await stop(redis);
  }
}

const peer = (name: string, more: object, limit: object = {}): Peer =>
  configured(name, ({ upstream }) => ({
    history: { enabled: false },
    auth: { limits: { all: { requests: { minute: 1e9 }, tokens: { day: 1e13 }, ...limit } } },
    providers: { up: providerAt(upstream) },
    ...more,
  }));

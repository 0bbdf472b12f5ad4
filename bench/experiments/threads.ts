import { configured, providerAt } from '../configured.ts';
import { told, type Rounds, type Sample, type Study } from '../experiment.ts';
import { node } from '../node.ts';
import type { Options } from '../options.ts';
import type { Peer } from '../peer.ts';
import { isPinned } from '../processes.ts';
import { middle, ratio, total } from '../report/columns.ts';
import { withRig } from '../rig.ts';
import { requests } from './json.ts';

export const title = 'JSON 1 KB, 64 connections, by threads of the gateway';
const ONE = '1 thread';
const COUNTS = [1, 2];

/**
 * What further threads add. The gateway may use both cores, of which upstream and load take their part: the rate says little
 * there. So the CPU of the gateway alone tells what as many cores of its own would answer.
 */
export default {
  name: 'threads',
  isLong: true,
  columns: [
    middle('cpu', 'CPU µs/request', 1),
    ratio('cpu', '× one thread', ONE),
    middle('rate', 'requests/s beside the load'),
    middle('own', 'requests/s, a core each'),
    ratio('own', '× one thread', ONE),
    middle('rss', 'RSS MiB', 0),
    total('failed', 'failed'),
  ],
  run,
  faults: (sample) =>
    told(sample, { failed: 'requests failed', retold: 'requests more or fewer at the upstream' }),
} satisfies Study;

async function run({ isQuick, rounds, withHeapFlags }: Options): Promise<Map<string, Rounds>> {
  const samples: Rounds = new Map(COUNTS.map((count) => [row(count), []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const count of round % 2 === 0 ? COUNTS : COUNTS.toReversed()) {
      console.error(`threads ${round + 1}/${rounds}, ${count}`);
      samples.get(row(count))!.push(await measured(count, node(withHeapFlags), isQuick));
    }
  }
  return new Map([[title, samples]]);
}

const row = (count: number): string => (count === 1 ? ONE : `${count} threads`);

async function measured(count: number, command: readonly string[], isQuick: boolean): Promise<Sample> {
  return withRig(peer(count), command, async (rig) => {
    const work = { connections: 64, bytes: 1_024 };
    await requests(rig, { ...work, amount: isQuick ? 1_000 : 60_000 });
    const sample = await requests(rig, { ...work, amount: isQuick ? 2_000 : 40_000 });
    const { cpu } = sample;
    return { ...sample, own: cpu === undefined ? undefined : (count * 1e6) / cpu, rss: rig.rss() };
  });
}

const peer = (threads: number): Peer =>
  configured(
    `threads-${threads}`,
    ({ upstream }) => ({
      server: { host: '127.0.0.1', threads },
      discover: false,
      providers: { up: providerAt(upstream) },
    }),
    (command) => [...(isPinned && threads > 1 ? ['taskset', '-c', '0,1'] : []), ...command],
  );

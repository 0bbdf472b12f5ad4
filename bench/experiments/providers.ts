import { configured, providerAt } from '../configured.ts';
import { told, type Rounds, type Sample, type Study } from '../experiment.ts';
import { node } from '../node.ts';
import type { Options } from '../options.ts';
import type { Peer } from '../peer.ts';
import { middle, ratio, total } from '../report/columns.ts';
import { withRig } from '../rig.ts';
import { freePort } from '../stand.ts';
import { requests } from './json.ts';

export const title = 'JSON 1 KB, 32 connections, by providers in the config';
const ONE = '1 provider';
const COUNTS = [1, 4, 14, 200];

/**
 * The cost of providers that get no requests: in a fresh process, and later. And the bytes of each request that survive
 * it, until a full collection.
 */
export default {
  name: 'providers',
  columns: [
    middle('first', 'CPU µs/request, fresh', 1),
    middle('cpu', 'later', 1),
    ratio('cpu', '× one provider', ONE),
    middle('warmth', 'fresh × later', 2),
    middle('outlived', 'bytes/request that outlive it'),
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
      console.error(`providers ${round + 1}/${rounds}, ${count}`);
      samples.get(row(count))!.push(await measured(count, node(withHeapFlags), isQuick ? 3_000 : 15_000));
    }
  }
  return new Map([[title, samples]]);
}

const row = (count: number): string => (count === 1 ? ONE : `${count} providers`);

async function measured(count: number, command: readonly string[], amount: number): Promise<Sample> {
  const port = await freePort();
  return withRig(peer(count, port), command, async (rig) => {
    const work = { connections: 32, amount, bytes: 1_024 };
    const first = await requests(rig, work);
    const before = await old(port);
    const later = await requests(rig, work);
    const outlived = ((await old(port)) - before) / amount;
    return {
      first: first['cpu'],
      cpu: later['cpu'],
      warmth: (first['cpu'] ?? NaN) / (later['cpu'] ?? NaN),
      // A full collection ran meanwhile, which says nothing of a request.
      outlived: outlived < 0 ? undefined : outlived,
      failed: first['failed']! + later['failed']!,
      retold: first['retold']! + later['retold']!,
      others: later['others'],
    };
  });
}

const old = async (port: number): Promise<number> =>
  Number(await (await fetch(`http://127.0.0.1:${port}/`)).text());

const peer = (count: number, port: number): Peer =>
  configured(
    `providers-${count}`,
    ({ upstream }) => ({
      discover: false,
      providers: Object.fromEntries(
        Array.from({ length: count }, (_, n) => {
          const model = n === 0 ? 'bench-model' : `m${n}`;
          return [`p${n}`, providerAt(upstream, { [model]: model })];
        }),
      ),
    }),
    (command) => [...command, '--import', `${new URL('../load/outlived.ts', import.meta.url)}?port=${port}`],
  );

import { configured, providerAt } from '../configured.ts';
import { told, type Rounds, type Sample, type Study } from '../experiment.ts';
import type { JsonResult, StreamsResult } from '../load/work.ts';
import { node } from '../node.ts';
import type { Options } from '../options.ts';
import type { Peer } from '../peer.ts';
import { middle, total } from '../report/columns.ts';
import { withRig, type Rig } from '../rig.ts';
import { limit } from '../streamed.ts';

const title = '128 streams while bodies of 5 MB are said again, both ways';
const stream = { streams: 128, waves: 1, chunks: 128, interval: 20 };
const bytes = 5 * 1_024 * 1_024;

/**
 * What long bodies that must be translated do to other streams: once on the event loop, once in worker threads. The
 * provider takes no lists of texts and its answers are normalised, so each body is parsed and written, once on the way
 * there and once on the way back.
 */
export default {
  name: 'transform',
  columns: [
    middle('alone', 'worst gap alone ms', 1),
    middle('worst', 'worst gap with bodies ms', 1),
    middle('times', '×', 2),
    middle('delay99', 'chunk delay p99 ms', 1),
    middle('bodies', 'bodies'),
    total('missing', 'missing'),
    total('unfinished', 'unfinished'),
    total('failed', 'failed'),
  ],
  run,
  faults: (sample) =>
    told(sample, {
      missing: 'chunks missing',
      unfinished: 'streams without a good end',
      failed: 'requests failed',
    }),
} satisfies Study;

async function run({ isQuick, rounds, withHeapFlags }: Options): Promise<Map<string, Rounds>> {
  const peers = [peer('on the event loop', 0), peer('in other threads', undefined)];
  const samples: Rounds = new Map(peers.map(({ name }) => [name, []]));
  for (let round = 0; round < (isQuick ? 1 : rounds); round += 1)
    for (const one of round % 2 === 0 ? peers : peers.toReversed()) {
      console.error(`transform ${round + 1}/${rounds} ${one.name}`);
      samples.get(one.name)!.push(await withRig(one, node(withHeapFlags), (rig) => measured(rig, isQuick)));
    }
  return new Map([[title, samples]]);
}

async function measured(rig: Rig, isQuick: boolean): Promise<Sample> {
  const work = isQuick ? { ...stream, chunks: 32 } : stream;
  const streams = () => rig.load<StreamsResult>('streams', { ...work, limit: limit(work) });
  await streams();
  await bodies(rig, 4);
  const alone = await streams();
  const [seen, { answered, failed }] = await Promise.all([streams(), bodies(rig, isQuick ? 4 : 16)]);
  return {
    alone: alone.gap.max,
    worst: seen.gap.max,
    times: seen.gap.max / alone.gap.max,
    delay99: seen.delay.p99,
    bodies: answered,
    missing: seen.missing + alone.missing,
    unfinished: seen.withoutDone + alone.withoutDone,
    failed,
  };
}

const bodies = (rig: Rig, amount: number): Promise<JsonResult> =>
  rig.load('json', {
    connections: 2,
    amount,
    bytes,
    model: 'odd',
    inParts: true,
    answer: bytes,
    limit: 60_000,
  });

const peer = (name: string, threads: number | undefined): Peer =>
  configured(name, ({ upstream }) => ({
    ...(threads !== undefined && { workers: { threads } }),
    providers: {
      up: providerAt(upstream),
      odd: { ...providerAt(upstream, { odd: 'odd' }), quirks: { content: 'string', tidy: true } },
    },
  }));

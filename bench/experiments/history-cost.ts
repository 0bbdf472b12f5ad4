import { configured, providerAt } from '../configured.ts';
import { told, type Rounds, type Study } from '../experiment.ts';
import { node } from '../node.ts';
import type { Options } from '../options.ts';
import type { Peer } from '../peer.ts';
import { middle, total } from '../report/columns.ts';
import { compared, jsonTurns, sideBySide } from '../turns.ts';

const OFF = 'without history';
const ON = 'with history';
const WATCHED = 'with history, events read';
const title = 'JSON 1 KB, 32 connections, with history and without';

/**
 * The cost of history and of the event stream: gateways that differ in nothing else run side by side and get requests
 * in turns. CPU is that of the whole process, including the thread that writes. The base case beside itself shows the
 * error of the numbers.
 */
export default {
  name: 'history',
  columns: [
    middle('cpu', 'CPU µs/request', 1),
    middle('ratio', '× without', 3),
    middle('quiet', 'quietest fifth', 1),
    middle('quietRatio', '× without', 3),
    total('failed', 'failed'),
  ],
  run,
  faults: (sample) => told(sample, { failed: 'requests failed' }),
} satisfies Study;

async function run({ isQuick, withHeapFlags }: Options): Promise<Map<string, Rounds>> {
  const peers = [
    peer(OFF, false),
    peer('without history, again', false),
    peer(ON, true),
    peer(WATCHED, true),
  ];
  const samples = await sideBySide(peers, node(withHeapFlags), async (rigs) => {
    const reading = new AbortController();
    await readEvents(rigs.find(({ name }) => name === WATCHED)!.rig.url, reading.signal);
    return jsonTurns(rigs, isQuick).finally(() => reading.abort());
  });
  return new Map([[title, compared(samples, OFF)]]);
}

async function readEvents(url: string, signal: AbortSignal): Promise<void> {
  const { body } = await fetch(`${url}/events`, { signal });
  void body?.pipeTo(new WritableStream(), { signal }).catch(() => undefined);
}

const peer = (name: string, enabled: boolean): Peer =>
  configured(name, ({ upstream }) => ({ history: { enabled }, providers: { up: providerAt(upstream) } }));

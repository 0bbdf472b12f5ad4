import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { told, type Rounds, type Sample, type Study } from '../experiment.ts';
import type { JsonResult } from '../load/work.ts';
import { node } from '../node.ts';
import type { Options } from '../options.ts';
import { here, type Peer } from '../peer.ts';
import { middle, total } from '../report/columns.ts';
import { withRig, type Rig } from '../rig.ts';
import { compared, turns, type Running } from '../turns.ts';

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
  const rigs: Running[] = [];
  const from = async (at: number): Promise<Map<string, Sample[]>> => {
    const next = peers[at];
    if (!next) return measured(rigs, isQuick);
    return withRig(next, node(withHeapFlags), async (rig) => {
      rigs.push({ name: next.name, rig });
      if (next.name !== WATCHED) return from(at + 1);
      const reading = new AbortController();
      await readEvents(next.port(), reading.signal);
      return from(at + 1).finally(() => reading.abort());
    });
  };
  return new Map([[title, compared(await from(0), OFF)]]);
}

async function measured(rigs: readonly Running[], isQuick: boolean): Promise<Map<string, Sample[]>> {
  const amount = isQuick ? 500 : 1_500;
  for (const { rig } of rigs) await slice(rig, 2 * amount);
  return turns(rigs, isQuick ? 2 : 40, (rig) => slice(rig, amount));
}

async function slice(rig: Rig, amount: number): Promise<Sample> {
  const work = { connections: 32, amount, bytes: 1_024, limit: 60_000 };
  const { result, cpu, others } = await rig.watch<JsonResult>('json', work);
  const { answered, failed } = result;
  return { cpu: cpu === undefined ? undefined : cpu / answered, failed, others };
}

async function readEvents(port: number, signal: AbortSignal): Promise<void> {
  const { body } = await fetch(`http://127.0.0.1:${port}/events`, { signal });
  void body?.pipeTo(new WritableStream(), { signal }).catch(() => undefined);
}

function peer(name: string, enabled: boolean): Peer & { readonly port: () => number } {
  let taken = 0;
  return {
    name,
    port: () => taken,
    launch({ node: command, port, upstream, folder }) {
      taken = port;
      const file = join(folder, 'switchyard.json');
      writeFileSync(file, JSON.stringify(config(upstream, enabled)));
      return [...command, here('../main.ts'), '--config', file, '--port', String(port)];
    },
  };
}

const config = (upstream: string, enabled: boolean): object => ({
  server: { host: '127.0.0.1' },
  history: { enabled },
  providers: {
    up: {
      use: 'openai-compatible',
      baseUrl: `${upstream}/v1`,
      apiKey: 'bench',
      models: { 'bench-model': 'bench-model' },
    },
  },
});

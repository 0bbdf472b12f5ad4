import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChildProcess } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { wait } from '../clock.ts';
import { configured, providerAt } from '../configured.ts';
import { told, type Rounds, type Sample, type Study } from '../experiment.ts';
import { Answer } from '../faults/answer.ts';
import { Load } from '../faults/load.ts';
import { usual } from '../faults/scenes.ts';
import { node } from '../node.ts';
import type { Options } from '../options.ts';
import type { Peer } from '../peer.ts';
import { stop } from '../processes.ts';
import { middle, total } from '../report/columns.ts';
import { chance } from '../simulate/chance.ts';
import { startPeer } from '../stand.ts';

const title = 'Two targets that are slow now and then: three in a hundred take 600 ms instead of 30';
const SLOW = { share: 0.03, ms: 600, usual: 30 };

/** What hedging saves the slowest requests, and what it costs the upstreams. */
export default {
  name: 'hedge',
  columns: [
    middle('p50', 'p50 ms'),
    middle('p95', 'p95 ms'),
    middle('p99', 'p99 ms'),
    middle('extra', 'asked more often %', 1),
    middle('aborted', 'of those left %', 0),
    total('failed', 'failed'),
  ],
  run,
  faults: (sample) => told(sample, { failed: 'requests failed' }),
} satisfies Study;

async function run({ isQuick, withHeapFlags }: Options): Promise<Map<string, Rounds>> {
  const children: ChildProcess[] = [];
  const upstreams = [await start(1), await start(2)];
  try {
    const stands = await Promise.all(
      [false, true].map((enabled) => startPeer(peer(enabled, upstreams), node(withHeapFlags), '', children)),
    );
    const rounds: Rounds = new Map();
    for (const [at, name] of ['without', 'with hedging'].entries()) {
      console.error(`hedge, ${name}`);
      rounds.set(name, [await measured(stands[at]!.url, upstreams, isQuick ? 2_000 : 15_000)]);
    }
    return new Map([[title, rounds]]);
  } finally {
    await Promise.all(children.map(stop));
    await Promise.all(upstreams.map((upstream) => upstream.close()));
  }
}

async function measured(url: string, upstreams: readonly Upstream[], ms: number): Promise<Sample> {
  const warm = new Load(url, 'm', usual.rate, 7);
  await wait(ms / 3);
  await warm.stop();
  for (const upstream of upstreams) upstream.asked = upstream.left = 0;
  const load = new Load(url, 'm', usual.rate, 8);
  await wait(ms);
  await load.stop();
  const times = load.seen.map(({ asked, ended }) => ended - asked).sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)];
  const sum = (of: 'asked' | 'left') => upstreams.reduce((all, one) => all + one[of], 0);
  const more = sum('asked') - load.seen.length;
  return {
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    extra: (100 * more) / load.seen.length,
    aborted: more === 0 ? undefined : (100 * sum('left')) / more,
    failed: load.seen.filter(({ ending }) => ending !== 'whole').length,
  };
}

interface Upstream {
  readonly origin: string;
  asked: number;
  /** requests whose client disconnected before their end */
  left: number;
  close(): Promise<void>;
}

async function start(seed: number): Promise<Upstream> {
  const random = chance(seed);
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    response.on('error', () => {});
    void answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const upstream: Upstream = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: 0,
    left: 0,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { stream, messages } = JSON.parse((await text(request)) || '{}') as AdaptedCall;
    if (!messages) return void response.writeHead(404).end();
    upstream.asked += 1;
    response.once('close', () => {
      if (!response.writableFinished) upstream.left += 1;
    });
    const said = new Answer(response, { stream, number: Number(messages[0].content) }, 'hedge');
    await said.whole(random() < SLOW.share ? SLOW.ms : SLOW.usual);
  }
  return upstream;
}

interface AdaptedCall {
  readonly stream: boolean;
  readonly messages?: [{ readonly content: string }];
}

const peer = (enabled: boolean, upstreams: readonly Upstream[]): Peer =>
  configured(`hedge-${enabled ? 'on' : 'off'}`, () => ({
    hedge: { enabled },
    providers: Object.fromEntries(
      upstreams.map(({ origin }, index) => [`up${index + 1}`, providerAt(origin, { m: 'm' })]),
    ),
  }));

import { Agent, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { configured, providerAt } from '../configured.ts';
import { told, type Rounds, type Sample, type Study } from '../experiment.ts';
import { requestBody } from '../load/bodies.ts';
import { spread } from '../load/spread.ts';
import { node } from '../node.ts';
import type { Options } from '../options.ts';
import type { Peer } from '../peer.ts';
import { cpu } from '../proc.ts';
import { difference, middle, total } from '../report/columns.ts';
import { withRig } from '../rig.ts';

export const title = 'JSON 1 KB, one request at a time, failing over after a refused connection';
export const DIRECT = 'one target';
export const FAILED_OVER = 'refused, then that target';
/** Requests in a row of one kind. */
const BLOCK = 50;
/** Nothing listens there, and no connection of our own can come from it. */
const REFUSING = 'http://127.0.0.1:1';

/**
 * What a failover adds to a request. Each has a route of its own whose first provider refuses the connection, so that no
 * circuit is open yet. A gateway that has answered 5,000 requests and failed over 100 times.
 */
export default {
  name: 'failover',
  columns: [
    middle('cpu', 'CPU µs/request', 1),
    difference('cpu', 'added', DIRECT),
    middle('p50', 'p50 ms', 2),
    difference('p50', 'added', DIRECT, 2),
    middle('p99', 'p99 ms', 2),
    difference('p99', 'added', DIRECT, 2),
    total('failed', 'failed'),
    total('direct', 'not failed over'),
  ],
  run,
  faults: (sample) => told(sample, { failed: 'requests failed', direct: 'requests met no refusal' }),
} satisfies Study;

async function run({ isQuick, rounds, withHeapFlags }: Options): Promise<Map<string, Rounds>> {
  const amounts = isQuick ? { warm: 50, measured: 50 } : { warm: 100, measured: 250 };
  const samples: Rounds = new Map([
    [DIRECT, []],
    [FAILED_OVER, []],
  ]);
  for (let round = 0; round < rounds; round += 1) {
    console.error(`failover ${round + 1}/${rounds}`);
    const routes = amounts.warm + amounts.measured;
    await withRig(peer(routes), node(withHeapFlags), async ({ load, url, pid }) => {
      const work = { connections: 1, amount: isQuick ? 500 : 5_000, bytes: 1_024, limit: 60_000 };
      await load('json', work);
      const ask = new Asking(url, pid!);
      await ask.inTurns(0, amounts.warm);
      for (const [row, sample] of await ask.inTurns(amounts.warm, routes)) samples.get(row)!.push(sample);
      ask.close();
    });
  }
  return new Map([[title, samples]]);
}

/** One connection to the gateway. */
class Asking {
  readonly #url: string;
  readonly #pid: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(url: string, pid: number) {
    this.#url = url;
    this.#pid = pid;
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Asks each of the routes once, and as often the one that has no other target, in blocks. */
  async inTurns(from: number, until: number): Promise<readonly (readonly [string, Sample])[]> {
    const [direct, over] = [new Block(), new Block()];
    for (let at = from; at < until; at += BLOCK) {
      await this.#block(direct, BLOCK, () => 'bench-model');
      await this.#block(over, BLOCK, (nth) => route(at + nth));
    }
    const { latencies, attempts } = over;
    const notOver = latencies.length - attempts.filter((one) => one === 2).length;
    return [
      [DIRECT, direct.sample()],
      [FAILED_OVER, { ...over.sample(), direct: notOver }],
    ];
  }

  async #block(block: Block, count: number, model: (nth: number) => string): Promise<void> {
    const before = cpu(this.#pid);
    for (let nth = 0; nth < count; nth += 1) await this.#one(block, model(nth));
    block.cpu += cpu(this.#pid) - before;
  }

  async #one(block: Block, model: string): Promise<void> {
    const body = requestBody(1_024, model);
    const began = performance.now();
    const { status, attempts } = await this.#post(body);
    if (status !== 200) {
      block.failed += 1;
      return;
    }
    block.latencies.push((performance.now() - began) * 1e3);
    block.attempts.push(attempts);
  }

  #post(body: string): Promise<{ status: number | undefined; attempts: number }> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      const options = { method: 'POST', headers, agent: this.#agent };
      const request = httpRequest(`${this.#url}/v1/chat/completions`, options, (response) => {
        const attempts = Number(response.headers['x-switchyard-attempts']);
        text(response).then(() => resolve({ status: response.statusCode, attempts }), reject);
      });
      request.once('error', reject);
      request.end(body);
    });
  }
}

/** Answers of one kind. */
class Block {
  readonly latencies: number[] = [];
  readonly attempts: number[] = [];
  failed = 0;
  /** µs */
  cpu = 0;

  sample(): Sample {
    const { p50, p99 } = spread(this.latencies);
    return { cpu: this.cpu / (this.latencies.length + this.failed), p50, p99, failed: this.failed };
  }
}

const route = (nth: number): string => `route-${nth}`;

function peer(routes: number): Peer {
  const model = 'bench-model';
  const all = Array.from({ length: routes }, (_, nth) => nth);
  const targets = (nth: number): object[] => [
    { provider: `refusing-${nth}`, model, priority: 1 },
    { provider: 'up', model, priority: 2 },
  ];
  return configured('failover', ({ upstream }) => ({
    discover: false,
    breaker: { look: 0 },
    providers: {
      up: providerAt(upstream),
      ...Object.fromEntries(all.map((nth) => [`refusing-${nth}`, providerAt(REFUSING)])),
    },
    models: {
      [model]: { targets: [{ provider: 'up', model }] },
      ...Object.fromEntries(
        all.map((nth) => [route(nth), { strategy: { use: 'priority' }, targets: targets(nth) }]),
      ),
    },
  }));
}

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { told, type Rounds, type Sample, type Study } from '../experiment.ts';
import type { JsonResult } from '../load/work.ts';
import { node } from '../node.ts';
import type { Options } from '../options.ts';
import { here, type Peer } from '../peer.ts';
import { middle, total } from '../report/columns.ts';
import { withRig, type Rig } from '../rig.ts';
import { streamed } from '../streamed.ts';
import { compared, turns, type Running } from '../turns.ts';

const OFF = 'without keys';
export const KEYED = '10,000 keys';
/** the key that the load sends */
const KEY = 'bench';
const MODELS = 1_000;
export const titles = {
  json: 'JSON 1 KB, 32 connections, with keys, limits, budgets, usage and history',
  chunks: '128 streams at once, with the same',
  memory: 'Memory with keys',
} as const;

/**
 * What a team costs: gateways without keys and with them, one key or ten thousand, with limits of requests, tokens and
 * money for keys, owners and models, with usage and history. They run side by side and get requests in turns.
 */
export default {
  name: 'team',
  columns: [
    middle('cpu', 'CPU µs', 2),
    middle('ratio', '× without', 3),
    middle('quiet', 'quietest fifth', 2),
    middle('quietRatio', '× without', 3),
    middle('rss', 'RSS MiB', 1),
    total('failed', 'failed'),
  ],
  run,
  faults: (sample) => told(sample, { failed: 'requests or streams failed' }),
} satisfies Study;

async function run({ isQuick, withHeapFlags }: Options): Promise<Map<string, Rounds>> {
  const peers = [peer(OFF, 0), peer('without keys, again', 0), peer('one key', 1), peer(KEYED, 10_000)];
  const rigs: Running[] = [];
  const from = async (at: number): Promise<Map<string, Rounds>> => {
    const next = peers[at];
    if (!next) return measured(rigs, isQuick);
    return withRig(next, node(withHeapFlags), async (rig) => {
      rigs.push({ name: next.name, rig });
      return from(at + 1);
    });
  };
  return from(0);
}

async function measured(rigs: readonly Running[], isQuick: boolean): Promise<Map<string, Rounds>> {
  for (const { rig } of rigs) await requests(rig, isQuick ? 500 : 40_000);
  const memory = new Map(rigs.map(({ name, rig }) => [name, [{ rss: rig.rss() }]]));
  const json = await turns(rigs, isQuick ? 2 : 40, (rig) => requests(rig, isQuick ? 500 : 1_500));
  const stream = { streams: 128, waves: 1, chunks: isQuick ? 8 : 64, interval: 20 };
  for (const { rig } of rigs) await streamed(rig, { ...stream, waves: isQuick ? 1 : 8 });
  const chunks = await turns(rigs, isQuick ? 1 : 12, (rig) => streamed(rig, stream));
  return new Map([
    [titles.json, compared(json, OFF)],
    [titles.chunks, compared(chunks, OFF)],
    [titles.memory, memory],
  ]);
}

async function requests(rig: Rig, amount: number): Promise<Sample> {
  const work = { connections: 32, amount, bytes: 1_024, limit: 300_000 };
  const { result, cpu, others } = await rig.watch<JsonResult>('json', work);
  const { answered, failed } = result;
  return { cpu: cpu === undefined ? undefined : cpu / answered, failed, others };
}

function peer(name: string, keys: number): Peer {
  return {
    name,
    launch({ node: command, port, upstream, folder }) {
      const file = join(folder, 'switchyard.json');
      const home = join(folder, 'home');
      mkdirSync(home, { recursive: true, mode: 0o700 });
      if (keys > 0) writeKeys(join(home, 'keys.db'), keys);
      writeFileSync(file, JSON.stringify(config(upstream, home, keys > 0)));
      return [...command, here('../main.ts'), '--config', file, '--port', String(port)];
    },
  };
}

/** As the gateway stores them; the first is the one that the load sends. */
function writeKeys(file: string, count: number): void {
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE keys (id TEXT PRIMARY KEY, data TEXT NOT NULL, used INTEGER) STRICT;');
  database.exec('PRAGMA user_version = 1; BEGIN');
  const insert = database.prepare('INSERT INTO keys (id, data) VALUES (?, ?)');
  for (let nth = 0; nth < count; nth += 1) {
    const record = {
      id: `key_${nth}`,
      name: `key ${nth}`,
      role: nth === 0 ? 'admin' : 'caller',
      owner: `owner ${nth % 100}`,
      labels: [`team ${nth % 10}`],
      models: ['*'],
      providers: ['*'],
      limits: { requests: { minute: 1e9, day: 1e9 }, tokens: { hour: 1e12 }, dollars: { month: 1e5 } },
      createdEpochMs: nth,
      expiresEpochMs: null,
      revokedEpochMs: null,
      secrets: [
        { digest: digestOf(nth === 0 ? KEY : `other ${nth}`), begins: 'sk-sy-aaaa', untilEpochMs: null },
      ],
    };
    insert.run(record.id, JSON.stringify(record));
  }
  database.exec('COMMIT');
  database.close();
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const config = (upstream: string, home: string, isTeam: boolean): object => ({
  server: { host: '127.0.0.1' },
  home,
  history: { enabled: isTeam },
  providers: {
    up: {
      use: 'openai-compatible',
      baseUrl: `${upstream}/v1`,
      apiKey: 'bench',
      models: {
        'bench-model': 'bench-model',
        ...(isTeam &&
          Object.fromEntries(Array.from({ length: MODELS }, (_, nth) => [`model-${nth}`, `model-${nth}`]))),
      },
    },
  },
  ...(isTeam && {
    auth: {
      prices: { 'up/*': { input: 1, output: 2 } },
      limits: {
        owners: { per: ['owner'], dollars: { day: 100_000 }, requests: { minute: 1_000_000_000 } },
        models: { per: ['key', 'model'], tokens: { day: 1_000_000_000_000 } },
        up: { where: { provider: 'up' }, requests: { minute: 1_000_000_000 }, concurrency: 100_000 },
      },
    },
  }),
});

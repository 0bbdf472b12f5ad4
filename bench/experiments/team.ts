import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { configured, providerAt } from '../configured.ts';
import { told, type Rounds, type Sample, type Study } from '../experiment.ts';
import { keyOf } from '../load/key-of.ts';
import { node } from '../node.ts';
import type { Options } from '../options.ts';
import { here, type Peer } from '../peer.ts';
import { difference, middle, total } from '../report/columns.ts';
import type { Rig } from '../rig.ts';
import { streamed } from '../streamed.ts';
import { compared, jsonSlice, sideBySide, turns, type Running } from '../turns.ts';

const OFF = 'without';
export const ONE = 'one key, one model';
const EACH = 'the same, each key in turn';
export const KEYED = '10,000 keys, 1,000 models';
const KEYS = 10_000;
const MODELS = 1_000;
export const titles = {
  json: 'JSON 1 KB, 32 connections, with keys, limits, budgets, usage, a hook and history',
  chunks: '128 streams at once, with the same',
  memory: 'Memory with keys',
} as const;

/**
 * What a team costs: gateways without all of it, and with one key or ten thousand that have limits of requests, tokens
 * and money for keys, owners, models and providers, with usage, a hook that reads each request, and history. They run
 * side by side and get requests in turns.
 */
export default {
  name: 'team',
  columns: [
    middle('cpu', 'CPU µs', 2),
    middle('ratio', '× without', 3),
    middle('quiet', 'quietest fifth', 2),
    middle('quietRatio', '× without', 3),
    middle('started', 'RSS started MiB', 1),
    middle('rss', 'later', 1),
    difference('rss', 'more than with one', ONE),
    total('failed', 'failed'),
  ],
  run,
  faults: (sample) => told(sample, { failed: 'requests or streams failed' }),
} satisfies Study;

async function run({ isQuick, withHeapFlags }: Options): Promise<Map<string, Rounds>> {
  const peers = [
    peer(OFF),
    peer('without, again'),
    peer(ONE, { keys: 1, models: 1 }),
    peer(KEYED, { keys: KEYS, models: MODELS }),
    peer(EACH, { keys: KEYS, models: MODELS }),
  ];
  return sideBySide(peers, node(withHeapFlags), (rigs) => measured(rigs, isQuick));
}

async function measured(rigs: readonly Running[], isQuick: boolean): Promise<Map<string, Rounds>> {
  const started = new Map(rigs.map(({ name, rig }) => [name, rig.rss()]));
  for (const { rig, name } of rigs) await requests(rig, name, isQuick ? 500 : 40_000);
  const memory = new Map(
    rigs.map(({ name, rig }) => [name, [{ started: started.get(name), rss: rig.rss() }]]),
  );
  const json = await turns(rigs, isQuick ? 2 : 40, (rig, name) => requests(rig, name, isQuick ? 500 : 1_500));
  const stream = { streams: 128, waves: 1, chunks: isQuick ? 8 : 64, interval: 20 };
  for (const { rig } of rigs) await streamed(rig, { ...stream, waves: isQuick ? 1 : 8 });
  const chunks = await turns(rigs, isQuick ? 1 : 12, (rig) => streamed(rig, stream));
  return new Map([
    [titles.json, compared(json, OFF)],
    [titles.chunks, compared(chunks, OFF)],
    [titles.memory, memory],
  ]);
}

const requests = (rig: Rig, name: string, amount: number): Promise<Sample> =>
  jsonSlice(rig, { amount, limit: 300_000, keys: name === EACH ? KEYS : 1 });

interface Team {
  readonly keys: number;
  readonly models: number;
}

const peer = (name: string, team?: Team): Peer =>
  configured(name, ({ upstream, folder }) => {
    const home = join(folder, 'home');
    mkdirSync(home, { recursive: true, mode: 0o700 });
    if (team) writeKeys(join(home, 'keys.db'), team.keys);
    return config(upstream, home, team);
  });

/** As the gateway stores them. */
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
      secrets: [{ digest: digestOf(keyOf(nth)), begins: 'sk-sy-aaaa', untilEpochMs: null }],
    };
    insert.run(record.id, JSON.stringify(record));
  }
  database.exec('COMMIT');
  database.close();
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const config = (upstream: string, home: string, team: Team | undefined): object => ({
  home,
  history: { enabled: team !== undefined },
  providers: { up: providerAt(upstream, namesOf(team?.models ?? 0)) },
  ...(team && {
    plugins: [here('load/reading-hook.ts')],
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

const namesOf = (count: number): Record<string, string> =>
  Object.fromEntries(
    ['bench-model', ...Array.from({ length: count }, (_, nth) => `model-${nth}`)].map((name) => [name, name]),
  );

// `npm run bench -- --profile`: where the processor time and the memory of a small request go, by layer and by file.
import { writeFileSync } from 'node:fs';
import type { Rounds } from './experiment.ts';
import { requests } from './experiments/json.ts';
import type { Spent } from './load/work.ts';
import { node } from './node.ts';
import type { Options } from './options.ts';
import { here, type Peer } from './peer.ts';
import { findPeers } from './peers.ts';
import { middle } from './report/columns.ts';
import { fileOf, layerOf } from './report/layers.ts';
import { describe, machine } from './report/machine.ts';
import { table } from './report/table.ts';
import { withRig } from './rig.ts';
import { freePort } from './stand.ts';

const KINDS = ['cpu', 'bytes'] as const;
/** files that are listed */
const FILES = 40;
/** an amount for each request: of the processor in µs, of the heap in bytes */
type Profile = Record<(typeof KINDS)[number], readonly Spent[]>;

export async function profile(options: Options): Promise<void> {
  const amount = options.isQuick ? 2_000 : 40_000;
  const profiles: Record<string, Profile> = {};
  for (const peer of await findPeers(['bare', 'switchyard'])) {
    console.error(`profile ${peer.name}`);
    profiles[peer.name] = await profiled(peer, node(options.withHeapFlags), amount);
  }
  const { bare, switchyard } = profiles;
  if (!bare || !switchyard) throw new Error('the profile needs bare and switchyard');
  const layers = rows({ bare, switchyard }, layerOf);
  const files = new Map([...rows({ switchyard }, fileOf)].slice(0, FILES));
  const report = [
    describe(machine({ ...options, rounds: 1 })),
    `## By layer\n\n${table(columns(['switchyard', 'bare']), layers)}\n`,
    `## The files of ours that take most\n\n${table(columns(['switchyard']), files)}\n`,
  ].join('\n');
  console.log(report);
  if (!options.isQuick) writeFileSync(here('PROFILE.md'), `${HEAD}\n${report}`);
}

const HEAD = `# Profile

Written by \`npm run bench -- --profile\`: what one JSON request of 1 KB costs, 32 at a time, in the main thread. Time is in
µs by the samples of a CPU profile, which makes everything slower: compare the parts, not the sums. Bytes are what is
allocated on the heap. Machine code that is inlined counts where it was inlined.
`;

/** Processor time and memory are sampled one after the other: each makes the other look worse. */
async function profiled(peer: Peer, command: readonly string[], amount: number): Promise<Profile> {
  const port = await freePort();
  const preload = `${new URL('load/profiler.ts', import.meta.url)}?port=${port}`;
  const watched: Peer = {
    ...peer,
    launch: ({ node: own, ...setup }) => peer.launch!({ ...setup, node: [...own, '--import', preload] }),
  };
  return withRig(watched, command, async (rig) => {
    const work = { connections: 32, amount, bytes: 1_024 };
    await requests(rig, work);
    const spent: Partial<Profile> = {};
    for (const kind of KINDS) {
      await ask(port, kind);
      await requests(rig, work);
      const all = await ask(port, kind);
      spent[kind] = all.map((one) => ({ ...one, amount: one.amount / amount }));
    }
    return spent as Profile;
  });
}

const ask = async (port: number, kind: string): Promise<readonly Spent[]> =>
  (await (await fetch(`http://127.0.0.1:${port}/${kind}`)).json()) as readonly Spent[];

/** Sums by name, the most time first. */
function rows(peers: Record<string, Profile>, nameOf: (spent: Spent) => string | undefined): Rounds {
  const sums = new Map<string, Record<string, number>>();
  for (const [peer, spentBy] of Object.entries(peers))
    for (const kind of KINDS)
      for (const spent of spentBy[kind]) {
        const name = nameOf(spent);
        if (name === undefined) continue;
        const row = sums.get(name) ?? {};
        sums.set(name, row);
        row[`${peer} ${kind}`] = (row[`${peer} ${kind}`] ?? 0) + spent.amount;
      }
  const time = ([, row]: [string, Record<string, number>]): number => row['switchyard cpu'] ?? 0;
  return new Map(
    [...sums].toSorted((one, other) => time(other) - time(one)).map(([name, row]) => [name, [row]]),
  );
}

const columns = (peers: readonly string[]) =>
  peers.flatMap((peer) => [middle(`${peer} cpu`, `${peer}, µs`, 2), middle(`${peer} bytes`, 'bytes', 0)]);

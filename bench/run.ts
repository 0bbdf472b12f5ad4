// `npm run bench`: measures, prints the tables, records a whole run. Ends with 1 when the gateway lost something.
import type { Experiment, Results, Study } from './experiment.ts';
import bodies from './experiments/bodies.ts';
import burst from './experiments/burst.ts';
import cut from './experiments/cut.ts';
import failover from './experiments/failover.ts';
import hedge from './experiments/hedge.ts';
import historyCost from './experiments/history-cost.ts';
import json from './experiments/json.ts';
import memory from './experiments/memory.ts';
import providers from './experiments/providers.ts';
import shapes from './experiments/shapes.ts';
import shared from './experiments/shared.ts';
import streams from './experiments/streams.ts';
import strategyCost from './experiments/strategy-cost.ts';
import team from './experiments/team.ts';
import threads from './experiments/threads.ts';
import tls from './experiments/tls.ts';
import transform from './experiments/transform.ts';
import translationCost from './experiments/translated.ts';
import faultRun from './faults.ts';
import { readOptions, usage } from './options.ts';
import { findPeers } from './peers.ts';
import { profile } from './profile.ts';
import quietFaults from './quiet-faults.ts';
import { aims } from './report/aims.ts';
import { faultAims } from './report/fault-aims.ts';
import { faults, lost } from './report/faults.ts';
import { describe, machine } from './report/machine.ts';
import { others } from './report/others.ts';
import { keep, record } from './report/record.ts';
import { table } from './report/table.ts';
import { measure } from './rounds.ts';

const parts: readonly (Experiment | Study)[] = [
  json,
  tls,
  providers,
  streams,
  burst,
  bodies,
  shapes,
  memory,
  translationCost,
  transform,
  hedge,
  historyCost,
  team,
  shared,
  strategyCost,
  failover,
  cut,
  faultRun,
  quietFaults,
  threads,
];

const isUsual = (part: Experiment | Study): boolean => !('isLong' in part && part.isLong);

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.isProfile) return profile(options);
  const chosen = parts.filter((part) => options.only?.includes(part.name) ?? isUsual(part));
  const peers = await findPeers(options.peers);
  if (chosen.length === 0 || peers.length === 0)
    throw new Error(`nothing to measure by ${process.argv.slice(2).join(' ')}\n\n${usage}`);
  const facts = machine(options);
  const results: Results = [];
  const sections: string[] = [];
  const say = (section: string): void => {
    sections.push(section);
    console.log(section);
  };
  for (const part of chosen) {
    const cases = 'run' in part ? await part.run(options) : await measure(part, peers, options);
    results.push([part, cases]);
    for (const [title, rounds] of cases) say(`## ${title}\n\n${table(part.columns, rounds)}\n`);
  }
  if (!options.isQuick) [aims(results), faultAims(results)].filter(Boolean).forEach(say);
  const wrong = faults(results);
  say(lost(wrong));
  facts['others'] = others(results);
  console.log(describe(facts));
  if (!options.isQuick) {
    keep(facts, results);
    const isWhole =
      parts.every((part) => chosen.includes(part) === isUsual(part)) &&
      options.peers === undefined &&
      options.strategies === undefined &&
      peers.some(({ name }) => name === 'switchyard');
    if (isWhole) record([describe(facts), ...sections].join('\n'));
    else console.error('Not a whole run: RESULTS.md stays as it is.');
  }
  if (wrong.some(({ isOurs }) => isOurs)) process.exitCode = 1;
}

await main().then(
  () => process.exit(),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);

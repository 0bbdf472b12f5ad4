// `npm run bench`: measures, prints the tables, records a whole run. Ends with 1 when the gateway lost something.
import type { Experiment, Results } from './experiment.ts';
import bodies from './experiments/bodies.ts';
import json from './experiments/json.ts';
import memory from './experiments/memory.ts';
import streams from './experiments/streams.ts';
import { readOptions, usage } from './options.ts';
import { findPeers } from './peers.ts';
import { aims } from './report/aims.ts';
import { faults, lost } from './report/faults.ts';
import { describe, machine } from './report/machine.ts';
import { others } from './report/others.ts';
import { keep, record } from './report/record.ts';
import { table } from './report/table.ts';
import { measure } from './rounds.ts';

const experiments: readonly Experiment[] = [json, streams, bodies, memory];

const isOurs = ({ name }: { name: string }): boolean => name === 'switchyard';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const chosen = experiments.filter(({ name }) => options.only?.includes(name) ?? true);
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
  for (const experiment of chosen) {
    const cases = await measure(experiment, peers, options);
    results.push([experiment, cases]);
    for (const [title, rounds] of cases) say(`## ${title}\n\n${table(experiment.columns, rounds)}\n`);
  }
  if (!options.isQuick) say(aims(results));
  const wrong = faults(results);
  say(lost(wrong));
  facts['others'] = others(results);
  console.log(describe(facts));
  if (!options.isQuick) {
    keep(facts, results);
    const isWhole = chosen.length === experiments.length && options.peers === undefined && peers.some(isOurs);
    if (isWhole) record([describe(facts), ...sections].join('\n'));
    else console.error('Not a whole run: RESULTS.md stays as it is.');
  }
  if (wrong.some(({ peer }) => isOurs({ name: peer }))) process.exitCode = 1;
}

await main().then(
  () => process.exit(),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);

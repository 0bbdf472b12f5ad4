/**
 * `node bench/simulate.ts [--requests N] [--seed N] [--only SCENARIO]`: every strategy with the same faults, side by
 * side, without a network: the gateway's own strategies, targets, breaker and retry budget on simulated time.
 */
import { parseArgs } from 'node:util';
import { makers, weighted, type Make } from './simulate/makers.ts';
import { scenarios, servers } from './simulate/scenarios.ts';
import { simulate, type Result } from './simulate/world.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '6000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});

const seconds = ({ firsts }: Result, share: number): string =>
  ((firsts[Math.min(firsts.length - 1, Math.floor(firsts.length * share))] ?? 0) / 1000).toFixed(2);

const chosen = scenarios.filter(({ name }) => values.only === undefined || name === values.only);
const all = chosen.map((scenario) => {
  const run = ([name, make]: [string, Make]): [string, Result] => [
    name,
    simulate(scenario, make, Number(values.requests), Number(values.seed), weighted.has(name)),
  ];
  return { scenario, results: new Map([...makers].map(run)) };
});

for (const { scenario, results } of all) {
  console.log(`\n${scenario.name}: ${scenario.what}\n`);
  head(['p50 s', 'p95 s', 'p99 s', 'errors', 'wasted', ...servers.map(({ name }) => `${name} %`)]);
  for (const [name, result] of results) {
    const times = [0.5, 0.95, 0.99].map((share) => seconds(result, share));
    const shares = servers.map((server) => (result.shares.get(server.name) ?? 0) / result.firsts.length);
    row(name, [...times, result.errors, result.wasted, ...shares.map((share) => Math.round(share * 100))]);
  }
}

if (all.length > 1) {
  console.log('\nSeconds to the first content, p95, and tries that came to nothing where there are any\n');
  head(chosen.map(({ name }) => name));
  for (const name of makers.keys()) {
    const results = all.map((one) => one.results.get(name) as Result);
    row(
      name,
      results.map((result) => seconds(result, 0.95) + (result.wasted > 0 ? ` (${result.wasted})` : '')),
    );
  }
}

function head(cells: readonly string[]): void {
  row('strategy', cells);
  row(
    '---',
    cells.map(() => '---:'),
  );
}

function row(name: string, cells: readonly (string | number)[]): void {
  console.log(`| ${name.padEnd(20)} | ${cells.map((cell) => String(cell).padStart(6)).join(' | ')} |`);
}

import { readFileSync } from 'node:fs';
import { configured, providerAt } from '../configured.ts';
import { told, type Rounds, type Sample, type Study } from '../experiment.ts';
import { node } from '../node.ts';
import type { Options } from '../options.ts';
import { here, type Peer } from '../peer.ts';
import { median, middle, total } from '../report/columns.ts';
import { withRig, type Rig } from '../rig.ts';
import { strategyNames } from '../strategy-names.ts';
import { jsonSlice } from '../turns.ts';
import type { Clocked } from './clocked.ts';

const TARGETS = 14;
export const yardstick = 'round-robin';
export const title = `JSON 1 KB, 32 connections, each strategy over ${TARGETS} targets`;

/** Models of the same gateway, one of each strategy. */
const models = ['bench-model', 'own'] as const;
type Model = (typeof models)[number];

/**
 * The cost of a strategy beside round-robin: both are models of the same gateway process and get requests in turns, so
 * that only the strategy differs. The time of the picks is measured directly; the CPU of all the rest is far less
 * exact: round-robin beside itself shows its error.
 */
export default {
  name: 'strategies',
  columns: [
    middle('cpu', 'CPU µs/request', 1),
    middle('base', `${yardstick} beside it`, 1),
    middle('pick', 'a pick µs', 1),
    middle('basePick', `${yardstick}’s`, 1),
    middle('by', 'so by its picks ×', 3),
    middle('ratio', 'CPU ×, median', 3),
    middle('low', 'lower quarter', 3),
    middle('high', 'upper quarter', 3),
    total('failed', 'failed'),
  ],
  run,
  faults: (sample) => told(sample, { failed: 'requests failed' }),
} satisfies Study;

async function run(options: Options): Promise<Map<string, Rounds>> {
  const { rounds, isQuick, withHeapFlags } = options;
  const names = strategyNames(options);
  const samples: Rounds = new Map(names.map((name) => [name, []]));
  const count = Math.min(rounds, 2);
  for (let round = 0; round < count; round += 1)
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      console.error(`strategies ${round + 1}/${count} ${name}`);
      const sample = await withRig(peer(name), node(withHeapFlags), (rig) => beside(rig, name, isQuick));
      samples.get(name)!.push(sample);
    }
  return new Map([[title, samples]]);
}

/** In turns, the order reversed each time: drift affects both. */
async function beside(rig: Rig, name: string, isQuick: boolean): Promise<Sample> {
  const amount = isQuick ? 500 : 1_000;
  for (const model of models) await jsonSlice(rig, { model, amount: 4 * amount });
  const found = { 'bench-model': [] as Sample[], own: [] as Sample[] };
  for (let turn = 0; turn < (isQuick ? 2 : 20); turn += 1)
    for (const model of turn % 2 === 0 ? models : models.toReversed())
      found[model].push(await jsonSlice(rig, { model, amount }));
  const [base, own] = [found['bench-model'], found.own];
  const ratios = own.map(({ cpu }, turn) => (cpu ?? NaN) / (base[turn]!['cpu'] ?? NaN)).sort((a, b) => a - b);
  const quarter = Math.floor(ratios.length / 4);
  const of = (samples: readonly Sample[], key: string): number[] =>
    samples.map((sample) => sample[key]).filter((value) => value !== undefined);
  const cpu = median(of(base, 'cpu'));
  const [pick, basePick] = [pickOf(name, 'own'), pickOf(name, 'bench-model')];
  return {
    cpu: median(of(own, 'cpu')),
    base: cpu,
    pick,
    basePick,
    by: cpu && 1 + (pick - basePick) / cpu,
    ratio: median(ratios),
    low: ratios[quarter],
    high: ratios.at(-1 - quarter),
    failed: of([...own, ...base], 'failed').reduce((sum, one) => sum + one, 0),
    others: median(of([...own, ...base], 'others')),
  };
}

const clockOf = (name: string, model: Model): string => here(`.work/strategy-${name}/picks-${model}.json`);

/** µs, the mean of all its picks */
function pickOf(name: string, model: Model): number {
  const { picks, ns } = JSON.parse(readFileSync(clockOf(name, model), 'utf8')) as Clocked;
  return ns / picks / 1_000;
}

/** Fourteen providers, all of them the same upstream: only the pick differs between two strategies. */
function peer(strategy: string): Peer {
  const names = Array.from({ length: TARGETS }, (_, at) => `up-${at}`);
  const both = { 'bench-model': 'm', own: 'm' };
  const targets = names.map((name) => ({ provider: name, model: 'm' }));
  return configured(`strategy-${strategy}`, ({ upstream }) => ({
    providers: Object.fromEntries(names.map((name) => [name, providerAt(upstream, both)])),
    models: {
      'bench-model': { strategy: clocked(yardstick, clockOf(strategy, 'bench-model')), targets },
      own: { strategy: clocked(strategy, clockOf(strategy, 'own')), targets },
    },
  }));
}

const clocked = (of: string, into: string): object => ({ use: here('experiments/clocked.ts'), of, into });

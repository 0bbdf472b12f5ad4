/**
 * `node bench/strategies.ts [--rounds N]`: ns for one pick of each strategy with 2, 3 and 14 targets that have been
 * busy for a while, on this machine; the median of several rounds, the order of strategies reversed each round.
 */
import { parseArgs } from 'node:util';
import type { Context, Provider } from '../core/contracts/index.ts';
import { Target } from '../core/upstreams/target.ts';
import { chance } from './simulate/chance.ts';
import { makers } from './simulate/makers.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });
const SIZES = [2, 3, 14];
const PICKS = 100_000;

const message = (role: string, at: number) => ({
  role,
  content: `${role} says something of usual length, ${at}`,
});
const messages = Array.from({ length: 12 }, (_, at) => message(['system', 'user', 'assistant'][at % 3]!, at));
const raw = Buffer.from(JSON.stringify({ model: 'm', stream: true, messages }));

function targets(count: number): Target[] {
  const random = chance(count);
  return Array.from({ length: count }, (_, at) => {
    const provider = { name: `provider-${at}`, models: { m: 'm' } } as unknown as Provider;
    const target = new Target({ provider, model: 'm', weight: 1 + (at % 3), priority: at % 2 });
    for (let lesson = 0; lesson < 20; lesson++)
      target.stats.learn(
        { outcome: 'answered', stream: true, tookMs: 900, ttftMs: 200 + 400 * random() },
        Date.now(),
      );
    target.stats.inflight = Math.floor(random() * 4);
    return target;
  });
}

/** A plain request, without a header that names its conversation: sticky must read the body. */
const contextOf = (route: readonly Target[]): Context =>
  ({
    route: { targets: route },
    call: { model: 'm', stream: true, headers: {}, raw, format: 'json' },
  }) as unknown as Context;

const found = new Map<string, number[]>();
const cases = SIZES.flatMap((size) =>
  [...makers.keys()].map((name) => ({ size, name, candidates: targets(size) })),
);
for (let round = 0; round < Number(values.rounds); round++) {
  for (const { size, name, candidates } of round % 2 === 0 ? cases : cases.toReversed()) {
    const strategy = makers.get(name)!({ random: Math.random, now: Date.now });
    const context = contextOf(candidates);
    const started = process.hrtime.bigint();
    for (let pick = 0; pick < PICKS; pick++) strategy.pick(candidates, context);
    const ns = Number(process.hrtime.bigint() - started) / PICKS;
    const key = `${name} ${size}`;
    // The first round warms up.
    if (round > 0) found.set(key, [...(found.get(key) ?? []), ns]);
  }
}

const median = (all: readonly number[]): number =>
  all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
console.log(
  `Node ${process.version}, ${process.arch}; ns per pick, median of ${Number(values.rounds) - 1} rounds of ${PICKS}\n`,
);
console.log(
  `| ${'strategy'.padEnd(21)}| ${SIZES.map((size) => `${size} targets`.padStart(10)).join(' | ')} |`,
);
console.log(`| ${'---'.padEnd(21)}| ${SIZES.map(() => '---:'.padStart(10)).join(' | ')} |`);
for (const name of makers.keys()) {
  const cells = SIZES.map((size) =>
    String(Math.round(median(found.get(`${name} ${size}`) ?? []))).padStart(10),
  );
  console.log(`| ${name.padEnd(21)}| ${cells.join(' | ')} |`);
}

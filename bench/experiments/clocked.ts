import { writeFileSync } from 'node:fs';
import type { StrategyPlugin } from '../../core/contracts/index.ts';

/** Picks between two reports. */
const EVERY = 1_000;

export interface Clocked {
  readonly picks: number;
  /** of all of them */
  readonly ns: number;
}

/** Wraps another strategy and measures its picks amid the work of a gateway, cold caches included. */
export default {
  name: 'clocked',
  options: {
    type: 'object',
    additionalProperties: false,
    required: ['of', 'into'],
    description: 'Measures the picks of another strategy.',
    properties: {
      of: { type: 'string', description: 'Its name.' },
      into: {
        type: 'string',
        description: 'The file that gets their number and how long they took.',
      },
    },
  },
  create({ of, into }, { strategy }) {
    const inner = strategy(of, {});
    let [picks, ns] = [0, 0];
    return {
      pick(candidates, context) {
        const began = process.hrtime.bigint();
        const target = inner.pick(candidates, context);
        ns += Number(process.hrtime.bigint() - began);
        if (++picks % EVERY === 0) writeFileSync(into, JSON.stringify({ picks, ns } satisfies Clocked));
        return target;
      },
      learn: (attempt, context) => inner.learn?.(attempt, context),
      close: () => inner.close?.(),
    };
  },
} satisfies StrategyPlugin<{ readonly of: string; readonly into: string }>;

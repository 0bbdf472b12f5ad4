import { load } from '../../kits/strategy-kit/expected-latency.ts';
import { least } from '../../kits/strategy-kit/least.ts';
import type { Strategy, StrategyPlugin } from '../../core/contracts/index.ts';

/**
 * The fewest answers under way for its weight, failures counted among them. An answer counts until its last byte,
 * not until its head.
 */
export default {
  name: 'least-connections',
  options: {
    type: 'object',
    additionalProperties: false,
    description: 'Picks the target with the fewest answers under way for its weight.',
    properties: {},
  },
  create: (_options, { random, now }): Strategy => ({
    pick(candidates, { call: { stream } }) {
      const at = now();
      return least(candidates, random, (target) => load(target, stream, at) / target.weight);
    },
  }),
} satisfies StrategyPlugin;

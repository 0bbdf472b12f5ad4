import { least, load } from '../../kits/strategy-kit/index.ts';
import type { Strategy, StrategyPlugin } from '../../core/contracts/index.ts';

/**
 * The target with the fewest active responses per unit of weight, recent failures counted among them. A response is
 * active until its last byte, not until its head.
 */
export default {
  name: 'least-connections',
  options: {
    type: 'object',
    additionalProperties: false,
    description: 'Picks the target with the fewest active responses per unit of weight.',
    properties: {},
  },
  create: (_options, { random, now }): Strategy => ({
    pick(candidates, { call: { stream } }) {
      const at = now();
      return least(candidates, random, (target) => load(target, stream, at) / target.weight);
    },
  }),
} satisfies StrategyPlugin;

import { latest, least } from '../../kits/strategy-kit/index.ts';
import type { Strategy, StrategyPlugin } from '../../core/contracts/index.ts';

/**
 * The target with the lowest recent time to first content; a failure counts as slow. What is known of an unused target
 * fades soon, so that it is tried again.
 */
export default {
  name: 'response-time',
  options: {
    type: 'object',
    additionalProperties: false,
    description: 'Picks the target with the lowest recent time to first content.',
    properties: {},
  },
  create: (_options, { random, now }): Strategy => ({
    pick(candidates, { call: { stream } }) {
      const at = now();
      return least(candidates, random, (target) => latest(target, stream, at));
    },
  }),
} satisfies StrategyPlugin;

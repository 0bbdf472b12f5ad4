import { latest } from '../../core/balance/expected.ts';
import { least } from '../../core/balance/least.ts';
import type { Strategy, StrategyPlugin } from '../../core/contracts.ts';

/**
 * Who was quickest to the first content of late, failures counted as slow. What is known of one that is not asked fades
 * soon, so that it is tried again.
 */
export default {
  name: 'response-time',
  options: {
    type: 'object',
    additionalProperties: false,
    description: 'Picks the target that was quickest to the first content lately.',
    properties: {},
  },
  create: (_options, { random, now }): Strategy => ({
    pick(candidates, { call: { stream } }) {
      const at = now();
      return least(candidates, random, (target) => latest(target, stream, at));
    },
  }),
} satisfies StrategyPlugin;

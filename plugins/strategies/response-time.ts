import { latest } from '../../kits/strategy-kit/expected-latency.ts';
import { least } from '../../kits/strategy-kit/least.ts';
import type { Strategy, StrategyPlugin } from '../../core/contracts/index.ts';

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

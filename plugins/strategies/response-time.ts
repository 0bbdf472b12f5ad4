import { expected } from '../../core/balance/expected.ts';
import { least } from '../../core/balance/least.ts';
import type { Strategy, StrategyPlugin } from '../../core/contracts.ts';

/**
 * Who has been quickest to the first content of late, failures counted as slow. What is known of one that is not asked
 * fades, so that it is tried again.
 */
export default {
  name: 'response-time',
  options: { type: 'object', additionalProperties: false, properties: {} },
  create: (_options, { random, now }): Strategy => ({
    pick(candidates, { call: { stream } }) {
      const at = now();
      return least(candidates, random, (target) => expected(target, stream, at));
    },
  }),
} satisfies StrategyPlugin;

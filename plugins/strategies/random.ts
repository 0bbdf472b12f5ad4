import type { Strategy, StrategyPlugin } from '../../core/contracts/index.ts';

/** Any target, with equal chance. */
export default {
  name: 'random',
  options: {
    type: 'object',
    additionalProperties: false,
    description: 'Picks any target, with equal chance.',
    properties: {},
  },
  create: (_options, { random }): Strategy => ({
    pick: (candidates) => candidates[Math.floor(random() * candidates.length)],
  }),
} satisfies StrategyPlugin;

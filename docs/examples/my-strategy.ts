import { least, load, type OptionsOf, type StrategyPlugin } from 'switchyard-gateway/strategy-kit';

const options = {
  type: 'object',
  additionalProperties: false,
  required: ['prefer'],
  description: 'Picks one provider while it has room, and else the target that is least busy.',
  properties: {
    prefer: { type: 'string', description: 'The name of that provider.' },
    most: {
      type: 'integer',
      minimum: 1,
      default: 4,
      description: 'It has room up to this many answers at once.',
    },
  },
} as const;

/** Our own machine first, until it is busy. */
export default {
  name: 'my-strategy',
  options,
  create: ({ prefer, most }, { random, now }) => ({
    pick(candidates, { call }) {
      const preferred = candidates.find(({ provider }) => provider.name === prefer);
      if (preferred && preferred.inflight < most) return preferred;
      const at = now();
      return least(candidates, random, (target) => load(target, call.stream, at) / target.weight);
    },
  }),
} satisfies StrategyPlugin<OptionsOf<typeof options>>;

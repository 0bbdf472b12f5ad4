import { busyOption, expectedLatency, least, memoize, withoutBusy } from '../../kits/strategy-kit/index.ts';
import type { OptionsOf, Provider, Strategy, StrategyPlugin } from '../../core/contracts/index.ts';

const few = {
  type: 'integer',
  minimum: 1,
  default: 2,
  description: 'A provider whose map has at most this many models counts as specialised in them.',
} as const;

const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Prefers providers that have few models, and of those the fastest.',
  properties: { few, busy: busyOption },
} as const;

/** Providers specialised in the model before those that have many, and within each group the fastest. */
export default {
  name: 'model-specific',
  options,
  create({ few: most, busy: full }, { random, now }): Strategy {
    const isSpecialised = memoize(
      ({ models }: Provider) => models !== undefined && Object.keys(models).length <= most,
    );
    return {
      pick(candidates, { call: { stream } }) {
        const at = now();
        const free = withoutBusy(candidates, full);
        const special = free.filter(({ provider }) => isSpecialised(provider));
        return least(special.length > 0 ? special : free, random, (target) =>
          expectedLatency(target, stream, at),
        );
      },
    };
  },
} satisfies StrategyPlugin<OptionsOf<typeof options>>;

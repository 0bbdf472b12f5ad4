import { busyOption, expectedLatency, least, memoize, withoutBusy } from '../../kits/strategy-kit/index.ts';
import type { OptionsOf, Strategy, StrategyPlugin, Target } from '../../core/contracts/index.ts';
import { priceOf, prices } from './least-cost/price.ts';

const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Picks the cheapest target, and among equals the fastest.',
  properties: { prices, busy: busyOption },
} as const;

/**
 * The cheapest target; among equals, and where no price is known, the one with the least expected latency under its
 * load.
 */
export default {
  name: 'least-cost',
  options,
  create(said, { random, now }): Strategy {
    let price: ((target: Target) => number) | undefined;
    return {
      pick(candidates, { call: { model, stream } }) {
        const of = (price ??= memoize((target) => priceOf(target, model, said.prices)));
        const free = withoutBusy(candidates, said.busy);
        const lowest = Math.min(...free.map((target) => of(target)));
        const cheapest = free.filter((target) => of(target) === lowest);
        const at = now();
        return least(
          cheapest,
          random,
          (target) => expectedLatency(target, stream, at) * (target.inflight + 1),
        );
      },
    };
  },
} satisfies StrategyPlugin<OptionsOf<typeof options>>;

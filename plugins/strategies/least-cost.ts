import { expected } from '../../core/balance/expected.ts';
import { least } from '../../core/balance/least.ts';
import { busy, unbusy } from '../../core/balance/spill.ts';
import { remembered } from '../../core/balance/remembered.ts';
import type { OptionsOf, Strategy, StrategyPlugin, Target } from '../../core/contracts.ts';
import { priceOf, prices } from './least-cost/price.ts';

const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Picks the cheapest, and of several the quickest.',
  properties: { prices, busy },
} as const;

/** The cheapest; among equals, and where no price is known, the quickest for what it is busy with. */
export default {
  name: 'least-cost',
  options,
  create(said, { random, now }): Strategy {
    let price: ((target: Target) => number) | undefined;
    return {
      pick(candidates, { call: { model, stream } }) {
        const of = (price ??= remembered((target) => priceOf(target, model, said.prices)));
        const free = unbusy(candidates, said.busy);
        const lowest = Math.min(...free.map((target) => of(target)));
        const cheapest = free.filter((target) => of(target) === lowest);
        const at = now();
        return least(cheapest, random, (target) => expected(target, stream, at) * (target.inflight + 1));
      },
    };
  },
} satisfies StrategyPlugin<OptionsOf<typeof options>>;

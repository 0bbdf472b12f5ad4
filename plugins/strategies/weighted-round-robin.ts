import { slowStartOption, slowStartShare } from '../../kits/strategy-kit/index.ts';
import type { OptionsOf, Strategy, StrategyPlugin, Target } from '../../core/contracts/index.ts';
import { weights } from './weighted-round-robin/weights.ts';

const options = {
  type: 'object',
  description: 'Picks each target in turn, as often as its weight says.',
  properties: { warmUp: slowStartOption },
} as const;

/** Each target in turn, as often as its weight says, without bursts (nginx's smooth weighted round robin). */
export default {
  name: 'weighted-round-robin',
  options,
  create({ warmUp: ms }, { now }): Strategy {
    const credits = new WeakMap<Target, number>();
    let weightOf: ReturnType<typeof weights> | undefined;
    return {
      peek(candidates, { route }) {
        const [of, at] = [(weightOf ??= weights(route.targets)), now()];
        const due = (target: Target): number => of(target) * slowStartShare(target.stats, at, ms);
        const credit = (target: Target): number => (credits.get(target) ?? 0) + due(target);
        return candidates.toSorted((one, other) => credit(other) - credit(one))[0];
      },
      pick(candidates, { route }) {
        const [of, at] = [(weightOf ??= weights(route.targets)), now()];
        let [best, most, total] = [candidates[0], -Infinity, 0];
        for (const target of candidates) {
          const share = of(target) * slowStartShare(target.stats, at, ms);
          const credit = (credits.get(target) ?? 0) + share;
          credits.set(target, credit);
          total += share;
          if (credit > most) [best, most] = [target, credit];
        }
        if (best) credits.set(best, most - total);
        return best;
      },
    };
  },
} satisfies StrategyPlugin<OptionsOf<typeof options>>;

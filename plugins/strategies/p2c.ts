import { expectedLatency, slowStartOption, slowStartShare } from '../../kits/strategy-kit/index.ts';
import type { Context, OptionsOf, Strategy, StrategyPlugin, Target } from '../../core/contracts/index.ts';

/** ms that a loser's latency ages, so that a target that is fast again is soon measured under load. */
const LOST = 100;

const options = {
  type: 'object',
  description: 'Draws two targets at random and picks the better one, by latency, load, failures and weight.',
  properties: { warmUp: slowStartOption },
} as const;

/**
 * The better of two random targets: least expected time to first content × load per unit of weight. Two choices are
 * nearly as good as all, without all callers choosing the same one (Mitzenmacher 2001; peak EWMA: Finagle, linkerd).
 */
export default {
  name: 'p2c',
  standard: true,
  options,
  create({ warmUp: ms }, { random, now }): Strategy {
    const cost = (target: Target, stream: boolean, at: number): number => {
      // A target in its slow start takes fewer requests at once.
      const busy = 1 + (10 * target.inflight) / slowStartShare(target.stats, at, ms);
      return (expectedLatency(target, stream, at) * busy) / target.weight;
    };
    const peek = (candidates: readonly Target[], { call }: Context, older = 0): Target | undefined => {
      const { length } = candidates;
      if (length < 2) return candidates[0];
      const first = Math.floor(random() * length);
      const [one, other] = [first, (first + 1 + Math.floor(random() * (length - 1))) % length];
      const [a, b, at] = [candidates[one] as Target, candidates[other] as Target, now()];
      const [best, worse] = cost(b, call.stream, at) < cost(a, call.stream, at) ? [b, a] : [a, b];
      worse.stats.age(older);
      return best;
    };
    return { peek, pick: (candidates, context) => peek(candidates, context, LOST) };
  },
} satisfies StrategyPlugin<OptionsOf<typeof options>>;

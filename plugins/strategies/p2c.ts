import { expected } from '../../core/balance/expected.ts';
import { warmth, warmUp } from '../../core/balance/warmth.ts';
import type { Context, OptionsOf, Strategy, StrategyPlugin, Target } from '../../core/contracts.ts';

/** ms that what is known of one is older each time it loses: where many ask, who is quick again soon shows it. */
const LOST = 100;

const options = {
  type: 'object',
  description: 'Draws two by chance and picks the better one, by pace, load, failures and weight.',
  properties: { warmUp },
} as const;

/**
 * The better of two drawn by chance: the one whose pace to the first content, times what it is busy with and what its
 * failures cost, is less for its weight. Two choices are nearly as good as looking at all, and unlike all, not everybody
 * makes the same one (Mitzenmacher 2001; with peak EWMA: Finagle, linkerd).
 */
export default {
  name: 'p2c',
  standard: true,
  options,
  create({ warmUp: ms }, { random, now }): Strategy {
    // Who warms up bears fewer at once; one alone is no flood.
    const cost = (target: Target, stream: boolean, at: number): number =>
      (expected(target, stream, at) * (1 + (10 * target.inflight) / warmth(target.live, at, ms))) /
      target.weight;
    const peek = (candidates: readonly Target[], { call }: Context, older = 0): Target | undefined => {
      const { length } = candidates;
      if (length < 2) return candidates[0];
      const first = Math.floor(random() * length);
      const [one, other] = [first, (first + 1 + Math.floor(random() * (length - 1))) % length];
      const [a, b, at] = [candidates[one] as Target, candidates[other] as Target, now()];
      const [best, worse] = cost(b, call.stream, at) < cost(a, call.stream, at) ? [b, a] : [a, b];
      worse.live.age(older);
      return best;
    };
    return { peek, pick: (candidates, context) => peek(candidates, context, LOST) };
  },
} satisfies StrategyPlugin<OptionsOf<typeof options>>;

import { least, load, memoize } from '../../kits/strategy-kit/index.ts';
import type { Strategy, StrategyPlugin, Target } from '../../core/contracts/index.ts';
import { hash, rendezvousScore } from './sticky/hash.ts';
import { conversationOf } from './sticky/conversation.ts';
import { options, type Options } from './sticky/options.ts';

/**
 * Sends one conversation to one target, whose prompt cache is warm (rendezvous hashing: when a target is unavailable,
 * only its own conversations move). A target with more than `factor` times its share is skipped (bounded load, Mirrokni
 * et al. 2018).
 */
export default {
  name: 'sticky',
  options,
  create({ factor, headers }, { random, now }): Strategy {
    const names = headers.map((name) => name.toLowerCase());
    const seedsOf = memoize((all: readonly Target[]) => all.map(({ id }) => hash(id)));
    return {
      pick(candidates, { call }) {
        const point = conversationOf(call, names) ?? hash(String(random()));
        const [at, seeds] = [now(), seedsOf(candidates)];
        let [busy, weights] = [1, 0];
        for (const { inflight, weight } of candidates) [busy, weights] = [busy + inflight, weights + weight];
        const share = (factor * busy) / weights;
        let [best, highest]: [Target | undefined, number] = [undefined, -Infinity];
        for (let index = 0; index < candidates.length; index++) {
          const target = candidates[index] as Target;
          // A few at once are no load, however few the others have.
          if (load(target, call.stream, at) >= Math.max(2, Math.ceil(share * target.weight))) continue;
          const score = rendezvousScore(point, seeds[index]!, target.weight);
          if (score > highest) [best, highest] = [target, score];
        }
        return best ?? least(candidates, random, (target) => load(target, call.stream, at));
      },
    };
  },
} satisfies StrategyPlugin<Options>;

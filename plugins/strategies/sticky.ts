import { load } from '../../core/balance/expected.ts';
import { least } from '../../core/balance/least.ts';
import { remembered } from '../../core/balance/remembered.ts';
import type { Strategy, StrategyPlugin, Target } from '../../core/contracts.ts';
import { hash, rank } from './sticky/hash.ts';
import { conversationOf } from './sticky/conversation.ts';
import { options, type Options } from './sticky/options.ts';

/**
 * The same conversation to the same target, whose cache of the prompt is warm (rendezvous hashing: when somebody is
 * out, only its own conversations move). Who is busier than `factor` times its share is passed over (bounded load,
 * Mirrokni et al. 2018).
 */
export default {
  name: 'sticky',
  options,
  create({ factor, headers }, { random, now }): Strategy {
    const names = headers.map((name) => name.toLowerCase());
    const seed = remembered(({ id }: Target) => hash(id));
    return {
      pick(candidates, { call }) {
        const point = conversationOf(call, names) ?? hash(String(random()));
        const at = now();
        let [busy, weights] = [1, 0];
        for (const { inflight, weight } of candidates) [busy, weights] = [busy + inflight, weights + weight];
        let [best, highest]: [Target | undefined, number] = [undefined, -Infinity];
        for (const target of candidates) {
          // A few at once are no load, however few others have.
          const most = Math.max(2, Math.ceil((factor * busy * target.weight) / weights));
          if (load(target, call.stream, at) >= most) continue;
          const score = rank(point, seed(target), target.weight);
          if (score > highest) [best, highest] = [target, score];
        }
        return best ?? least(candidates, random, (target) => load(target, call.stream, at));
      },
    };
  },
} satisfies StrategyPlugin<Options>;

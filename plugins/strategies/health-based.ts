import { decayedLatency, expectedLatency, least } from '../../kits/strategy-kit/index.ts';
import type { OptionsOf, Strategy, StrategyPlugin, Target } from '../../core/contracts/index.ts';

const margin = {
  type: 'number',
  minimum: 0,
  default: 10,
  description: 'Targets at most this many points below the healthiest one share the requests with it.',
} as const;

const options = {
  type: 'object',
  description: 'Shares requests among the healthiest targets, the least busy first.',
  properties: { margin },
} as const;

// Out of 100: each per cent of failures costs one, hours without failures earn up to 24, early first content up to 10.
/** The healthiest targets share the requests, the least busy first. */
export default {
  name: 'health-based',
  options,
  create({ margin: points }, { random, now }): Strategy {
    const health = (target: Target, stream: boolean, at: number): number => {
      const { errorRate, wellSinceMs = at } = target.stats;
      const well = 100 * (1 - errorRate * decayedLatency(target, stream, at));
      const early = 10 - expectedLatency(target, stream, at) / 1_000;
      return well + Math.min(24, (at - wellSinceMs) / 3_600_000) + Math.max(0, early);
    };
    return {
      pick(candidates, { call: { stream } }) {
        const at = now();
        const all = candidates.map((target) => health(target, stream, at));
        const enough = Math.max(...all) - points;
        const healthy = candidates.filter((_, index) => all[index]! >= enough);
        return least(healthy, random, ({ inflight, weight }) => inflight / weight);
      },
    };
  },
} satisfies StrategyPlugin<OptionsOf<typeof options>>;

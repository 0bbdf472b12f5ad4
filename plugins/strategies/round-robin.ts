import type { Strategy, StrategyPlugin } from '../../core/contracts/index.ts';

/**
 * Each target in turn, in the route's order. An unavailable target is skipped without changing the turns of the others.
 */
export default {
  name: 'round-robin',
  options: {
    type: 'object',
    additionalProperties: false,
    description: 'Picks each target in turn.',
    properties: {},
  },
  create: (): Strategy => {
    let last = -1;
    const next: (...asked: Parameters<Strategy['pick']>) => number = (candidates, { route: { targets } }) => {
      for (let step = 1; step <= targets.length; step++) {
        const at = (last + step) % targets.length;
        const target = targets[at];
        if (target !== undefined && (candidates === targets || candidates.includes(target))) return at;
      }
      return -1;
    };
    return {
      peek: (candidates, context) => context.route.targets[next(candidates, context)] ?? candidates[0],
      pick(candidates, context) {
        const at = next(candidates, context);
        if (at < 0) return candidates[0];
        last = at;
        return context.route.targets[at];
      },
    };
  },
} satisfies StrategyPlugin;

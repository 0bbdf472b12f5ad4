import type { Strategy, StrategyPlugin } from '../../core/contracts/index.ts';

/** Each in turn, in the route's order. Who is out is passed over, and the turn of the others is not disturbed by it. */
export default {
  name: 'round-robin',
  options: { type: 'object', additionalProperties: false, description: 'Asks each in turn.', properties: {} },
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

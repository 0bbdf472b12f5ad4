import type { Strategy, StrategyPlugin } from '../../core/contracts.ts';

/** Each in turn, in the route's order. Who is out is passed over, and the turn of the others is not disturbed by it. */
export default {
  name: 'round-robin',
  standard: true,
  options: { type: 'object', additionalProperties: false, properties: {} },
  create: (): Strategy => {
    let last = -1;
    return {
      pick: (candidates, { route: { targets } }) => {
        for (let step = 1; step <= targets.length; step++) {
          const at = (last + step) % targets.length;
          const target = targets[at];
          if (target === undefined || (candidates !== targets && !candidates.includes(target))) continue;
          last = at;
          return target;
        }
        return candidates[0];
      },
    };
  },
} satisfies StrategyPlugin;

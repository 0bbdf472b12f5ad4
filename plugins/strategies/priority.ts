import { busy, unbusy } from '../../core/balance/spill.ts';
import type { Strategy, StrategyPlugin, Target } from '../../core/contracts.ts';

const within = {
  type: 'object',
  required: ['use'],
  default: { use: 'p2c' },
  additionalProperties: true,
  description: 'The strategy among targets of the same priority, with its options.',
  properties: { use: { type: 'string', minLength: 1, description: 'Its name.' } },
} as const;

type Within = { readonly use: string } & Readonly<Record<string, unknown>>;

/** Lower priority numbers first; the next ones only while all of them are out, full, or have failed this request. */
export default {
  name: 'priority',
  options: {
    type: 'object',
    additionalProperties: false,
    description: 'Picks the lowest priority number, and the next only while those are blocked, full or busy.',
    properties: { within, busy },
  },
  create({ within: { use, ...settings }, busy: most }, { strategy }): Strategy {
    const inner = strategy(use, settings);
    const tier = (candidates: readonly Target[]): Target[] => {
      const free = unbusy(candidates, most);
      const first = Math.min(...free.map(({ priority }) => priority));
      return free.filter(({ priority }) => priority === first);
    };
    return {
      pick: (candidates, context) => inner.pick(tier(candidates), context),
      peek: (candidates, context) => (inner.peek ?? inner.pick)(tier(candidates), context),
      learn: (attempt, context) => inner.learn?.(attempt, context),
      close: () => inner.close?.(),
    };
  },
} satisfies StrategyPlugin<{ readonly within: Within; readonly busy?: number }>;

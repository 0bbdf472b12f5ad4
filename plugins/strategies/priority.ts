import { busyOption, withoutBusy } from '../../kits/strategy-kit/index.ts';
import type { OptionsOf, Strategy, StrategyPlugin, Target } from '../../core/contracts/index.ts';

const within = {
  type: 'object',
  required: ['use'],
  default: { use: 'p2c' },
  additionalProperties: true,
  description: 'The strategy among targets of the same priority, with its options.',
  properties: { use: { type: 'string', minLength: 1, description: 'Its name.' } },
} as const;

const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Picks the lowest priority number, and the next only while those are blocked, full or busy.',
  properties: { within, busy: busyOption },
} as const;

/**
 * Lowest priority number first; the next ones only while all lower ones are blocked, full, or have failed this request.
 */
export default {
  name: 'priority',
  options,
  create({ within: { use, ...settings }, busy: most }, { strategy }): Strategy {
    const inner = strategy(use, settings);
    const tier = (candidates: readonly Target[]): Target[] => {
      const free = withoutBusy(candidates, most);
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
} satisfies StrategyPlugin<OptionsOf<typeof options>>;

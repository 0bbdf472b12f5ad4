import type { Settings } from '../../../core/contracts/index.ts';
import { redactAt } from '../../../config/redact.ts';
import type { InForce } from './answers/balancing.ts';

/** The strategy in force for a model, or without a model the default one, with all options and where they come from. */
export function strategyInForce(model: string | undefined, settings: Settings): InForce {
  const { strategy, from } = settings.strategy(model);
  const path = model === undefined ? ['strategy'] : ['models', model, 'strategy'];
  const { use, ...options } = redactAt(strategy, path, settings.schema);
  return { strategy: use, options, from };
}

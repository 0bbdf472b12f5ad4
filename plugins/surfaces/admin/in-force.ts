import type { Settings } from '../../../core/contracts/index.ts';
import { redactAt } from '../../../config/redact.ts';
import type { InForce } from './answers/balancing.ts';

/** Who picks for a model, or where none is named, with all options, and whose word it is. */
export function inForce(model: string | undefined, settings: Settings): InForce {
  const { strategy, from } = settings.strategy(model);
  const path = model === undefined ? ['strategy'] : ['models', model, 'strategy'];
  const { use, ...options } = redactAt(strategy, path, settings.schema);
  return { strategy: use, options, from };
}

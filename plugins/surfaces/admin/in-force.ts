import { redactAt } from '../../../core/config/redact.ts';
import type { Settings } from '../../../core/settings.ts';
import type { InForce } from './answers/balancing.ts';

/** Who picks for a model, or where none is named, with all options, and whose word it is. */
export function inForce(model: string | undefined, settings: Settings): InForce {
  const { strategy, from } = settings.strategy(model);
  const path = model === undefined ? ['strategy'] : ['models', model, 'strategy'];
  const { use, ...options } = redactAt(strategy, path, settings.loaded.schema);
  return { strategy: use, options, from };
}

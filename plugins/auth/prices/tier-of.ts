import type { Call } from '../../../core/contracts/index.ts';
import { membersOf, scalarAt } from '../../../wire/body/json-members.ts';

const NAME = ['service_tier'];

/** The tier of service that a request asks for; undefined: none, or the provider's choice. */
export function tierOf(call: Call): string | undefined {
  if (call.format !== 'json') return undefined;
  const tier = scalarAt(call.raw, membersOf(call, NAME)?.spans.get('service_tier'));
  return typeof tier === 'string' && tier !== 'auto' && tier !== 'default' ? tier.slice(0, 50) : undefined;
}

import type { Host } from '../../core/contracts/index.ts';
import { sharedOf } from '../../kits/shared-kit/index.ts';
import { single, type Family } from './page.ts';

/** State that this gateway shares with others; no metrics where it shares nothing. */
export function sharedFamilies({ gateway }: Pick<Host, 'gateway'>): readonly Family[] {
  const { redis } = sharedOf(gateway);
  if (!redis) return [];
  return [
    single(
      'gauge',
      'switchyard_shared_exact',
      '1 while limits are exact across gateways; 0 while Redis cannot be asked, or does not have all use without it yet.',
      () => (redis.isExact ? 1 : 0),
    ),
    single('gauge', 'switchyard_shared_gateways', 'Gateways that share this Redis.', () =>
      redis.isFleetUnknown ? 1 : redis.nodes,
    ),
    single(
      'counter',
      'switchyard_shared_commands_total',
      'Commands that were sent to Redis.',
      () => redis.commands,
    ),
  ];
}

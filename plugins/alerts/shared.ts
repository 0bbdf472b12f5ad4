import type { Gateway } from '../../core/contracts/index.ts';
import { sharedOf } from '../../kits/shared-kit/index.ts';
import type { Conditions } from './conditions.ts';

/** Reports when the shared Redis is unreachable, and when it is reachable again. */
export function watchShared(gateway: Gateway, conditions: Conditions, nowMs: number): void {
  const { redis } = sharedOf(gateway);
  if (!redis) return;
  conditions.report('shared', !redis.isUp, nowMs, () =>
    redis.isUp
      ? { type: 'shared_found', subject: 'redis', message: 'Redis answers again' }
      : {
          type: 'shared_lost',
          subject: 'redis',
          message: `Redis cannot be asked (${redis.problem ?? 'it does not answer'}): each gateway goes on with its share of the limits`,
        },
  );
}

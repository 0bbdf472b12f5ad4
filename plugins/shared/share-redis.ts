import { join } from 'node:path';
import type { Feature, Host } from '../../core/contracts/index.ts';
import { Facts } from '../../kits/shared-kit/facts.ts';
import { provideShared, targetResets } from '../../kits/shared-kit/index.ts';
import { Parts } from '../../kits/shared-kit/parts.ts';
import { Redis } from '../../kits/shared-kit/redis.ts';
import { UnsentParts } from '../../kits/shared-kit/unsent-parts.ts';
import { KnownFleet } from './known-fleet.ts';
import type { SharedOptions } from './options.ts';
import { SharedPauses } from './pauses.ts';
import { SharedSlots } from './slots.ts';

type Given = Pick<SharedOptions, 'tls' | 'prefix'> & { readonly url: string; readonly node: string };

/** Shares limits, slots, pauses and facts with the gateways of a Redis. It is loaded only where the config names one. */
export async function shareRedis(
  { url, tls, prefix, node }: Given,
  { app, gateway, date, now, log, events }: Host,
): Promise<Feature> {
  const { home } = gateway.settings.config;
  const fleet = await KnownFleet.read(join(home, 'fleet.json'));
  const redis = await Redis.open({ url, tls, prefix, now, date, log, known: fleet.known });
  fleet.follow(redis, ({ message }) => log.warn(`shared: ${message}`));
  const facts = new Facts(redis, now);
  const parts = new Parts(redis, now);
  const unsent = await UnsentParts.open({
    parts,
    folder: join(home, 'limits-unsent'),
    warn: (text) => log.warn(text),
  });
  provideShared(gateway, { node, redis, facts, parts });
  // Providers are there then.
  app.addHook('onReady', async () => {
    facts.offer();
    slots.attach();
  });
  const slots = new SharedSlots(parts, gateway);
  const pauses = new SharedPauses(facts, gateway, now);
  events.onAttempt((attempt) => pauses.ended(attempt));
  const ignore = targetResets(gateway).on((target) => pauses.reset(target));
  return {
    close: async () => {
      ignore();
      pauses.close();
      await parts.close();
      await unsent.close();
      await redis.close();
      await fleet.close();
    },
  };
}

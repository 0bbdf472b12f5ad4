import { hostname } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { FeaturePlugin } from '../core/contracts/index.ts';
import { GatewayError } from '../core/errors.ts';
import { provideShared, targetResets } from '../kits/shared-kit/index.ts';
import { takesOneThread } from '../kits/feature-kit/index.ts';
import { options, type SharedOptions } from './shared/options.ts';

/** Opens what this gateway shares with others. Features that share something come after it, and ask `sharedOf(gateway)`. */
export default {
  name: 'shared',
  inEachThread: true,
  options,
  isLive: true,
  async create(given, { app, gateway, date, now, log, events }) {
    const { features } = gateway.settings.config;
    const {
      use,
      url,
      prefix,
      tls,
      node = hostname(),
    } = chosen(given, features['auth'], (text) => log.warn(text));
    events.onConfig(() => {
      const next = gateway.settings.config.features['shared'];
      if (!isDeepStrictEqual(next, given)) log.warn('shared: a change needs a restart');
    });
    if (use === 'memory') {
      provideShared(gateway, { node, redis: undefined, facts: undefined, parts: undefined });
      return;
    }
    takesOneThread(gateway, "shared.use: 'redis'");
    if (url === undefined)
      throw new GatewayError(
        'config_invalid',
        "shared.url: missing; shared.use is 'redis', so name it, such as redis://127.0.0.1:6379",
      );
    const { Facts, KnownFleet, Parts, Redis, SharedPauses, SharedSlots, UnsentParts } =
      await import('./shared/redis.ts');
    const fleet = await KnownFleet.read(join(gateway.settings.config.home, 'fleet.json'));
    const redis = await Redis.open({ url, tls, prefix, now, date, log, known: fleet.known });
    fleet.follow(redis, ({ message }) => log.warn(`shared: ${message}`));
    const facts = new Facts(redis, now);
    const parts = new Parts(redis, now);
    const unsent = await UnsentParts.open({
      parts,
      folder: join(gateway.settings.config.home, 'limits-unsent'),
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
  },
} satisfies FeaturePlugin<SharedOptions>;

/** `auth.shared` is the old name. */
function chosen(
  given: SharedOptions,
  auth: Readonly<Record<string, unknown>> | undefined,
  warn: (text: string) => void,
): SharedOptions {
  const old = auth?.['shared'] as Pick<SharedOptions, 'use' | 'url'> | undefined;
  if (old?.use !== 'redis') return given;
  if (given.use === 'redis') {
    if (given.url === old.url) return given;
    throw new GatewayError(
      'config_invalid',
      'auth.shared: shared names another url; remove auth.shared, which is its old name',
    );
  }
  warn('auth.shared is now shared, at the top of the config: the old name works for one more release');
  return { ...given, ...old };
}

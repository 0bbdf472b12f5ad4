import { hostname } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { FeaturePlugin } from '../core/contracts/index.ts';
import { GatewayError } from '../core/errors.ts';
import { provideShared } from '../kits/shared-kit/index.ts';
import { takesOneThread } from '../kits/feature-kit/index.ts';
import { options, type SharedOptions } from './shared/options.ts';

/** Opens what this gateway shares with others. Features that share something come after it, and ask `sharedOf(gateway)`. */
export default {
  name: 'shared',
  inEachThread: true,
  options,
  isLive: true,
  async create(given, host) {
    const { gateway, log, events } = host;
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
    const { shareRedis } = await import('./shared/share-redis.ts');
    return shareRedis({ url, tls, prefix, node }, host);
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

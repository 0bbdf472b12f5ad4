import { join } from 'node:path';
import type { Host } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { sharedOf } from '../../kits/shared-kit/index.ts';
import type { EntryStore } from './entry.ts';
import { MemoryStore } from './memory-store.ts';
import type { CacheOptions } from './options.ts';

/** Where the config says that answers are kept. @throws GatewayError `config_invalid`: it says Redis, and names none */
export async function openStore(
  { enabled, store, size, ttl: ttlMs }: CacheOptions,
  { config, gateway, log }: Pick<Host, 'config' | 'gateway' | 'log'>,
): Promise<EntryStore> {
  if (!enabled || store === 'memory') return new MemoryStore(size, ttlMs);
  if (store === 'disk') {
    const { DiskStore } = await import('./disk-store.ts');
    return new DiskStore({ file: join(config.home, 'cache.db'), size, ttlMs }, log);
  }
  const { redis } = sharedOf(gateway);
  if (!redis)
    throw new GatewayError(
      'config_invalid',
      "cache.store: 'redis' is the Redis of shared: set shared.use to 'redis', and shared.url",
    );
  const { RedisStore } = await import('./redis-store.ts');
  return new RedisStore(redis, { size, ttlMs }, log);
}

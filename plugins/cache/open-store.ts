import { join } from 'node:path';
import type { Host } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { sharedOf } from '../../kits/shared-kit/index.ts';
import { DiskStore } from './disk-store.ts';
import type { EntryStore } from './entry.ts';
import { MemoryStore } from './memory-store.ts';
import type { CacheOptions } from './options.ts';
import { RedisStore } from './redis-store.ts';

/** Where the config says that answers are kept. @throws GatewayError `config_invalid`: it says Redis, and names none */
export function openStore(
  { enabled, store, size, ttl: ttlMs }: CacheOptions,
  { config, gateway, log }: Pick<Host, 'config' | 'gateway' | 'log'>,
): EntryStore {
  if (!enabled || store === 'memory') return new MemoryStore(size, ttlMs);
  if (store === 'disk') return new DiskStore({ file: join(config.home, 'cache.db'), size, ttlMs }, log);
  const { redis } = sharedOf(gateway);
  if (redis) return new RedisStore(redis, { size, ttlMs }, log);
  throw new GatewayError(
    'config_invalid',
    "cache.store: 'redis' is the Redis of shared: set shared.use to 'redis', and shared.url",
  );
}

import type { FeaturePlugin } from '../core/contracts/index.ts';
import { GatewayError } from '../core/errors.ts';
import { threadsOf } from '../kits/feature-kit/index.ts';
import { provideStore } from '../kits/store-kit/store-of.ts';
import { options, type StoreOptions } from './store/options.ts';

/**
 * Where it is kept what must last: in files of this gateway, or in a PostgreSQL that several gateways share. Features that
 * keep something ask for it by `storeOf`.
 */
export default {
  name: 'store',
  inEachThread: false,
  options,
  async create({ use, url, pool, tls }, { gateway, log }) {
    if (use === 'sqlite') return {};
    if (threadsOf(gateway))
      throw new GatewayError(
        'config_invalid',
        "store.use: 'postgres' works in one thread: remove server.threads, and start more gateways instead",
      );
    if (url === undefined)
      throw new GatewayError(
        'config_invalid',
        "store.url: missing; store.use is 'postgres', so name it, such as postgres://switchyard@127.0.0.1/switchyard",
      );
    const { SharedStore } = await import('../kits/store-kit/shared-store.ts');
    const store = await SharedStore.open({ settings: { url, pool, ...(tls && { tls }) }, log });
    provideStore(gateway, store);
    return { close: () => store.close() };
  },
} satisfies FeaturePlugin<StoreOptions>;

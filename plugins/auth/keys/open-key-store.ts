import { join } from 'node:path';
import type { Host } from '../../../core/contracts/index.ts';
import { storeOf } from '../../../kits/store-kit/store-of.ts';
import { KeyFile } from './key-file.ts';
import type { KeyStore } from './key-store.ts';

/** Keys where the config says: in a file of this gateway, or in the PostgreSQL that gateways share. */
export async function openKeyStore({
  gateway,
  config,
  log,
}: Pick<Host, 'gateway' | 'config' | 'log'>): Promise<KeyStore> {
  const own = new KeyFile(join(config.home, 'keys.db'));
  const store = storeOf(gateway);
  if (!store) return own;
  const { KeyTables } = await import('./key-tables.ts');
  return new KeyTables({ store, before: own, copy: new KeyFile(join(config.home, 'keys-copy.db')), log });
}

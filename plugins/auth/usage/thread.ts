/** Main module of the thread that alone reads and writes the usage of keys. */
import { serveStore } from '../../../kits/store-kit/serve-store.ts';
import { UsageTables } from './usage-tables.ts';
import { UsageStore, type UsageSettings } from './usage-store.ts';

serveStore<UsageSettings>((settings, say, tell) => {
  const own = new UsageStore(settings, say);
  return settings.shared ? new UsageTables(settings.shared, own, say, tell) : own;
});

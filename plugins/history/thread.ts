/** Main module of the thread that alone reads and writes the file. */
import { serveStore } from '../../kits/store-kit/serve-store.ts';
import { HistoryTables } from './history-tables.ts';
import { Store, type StoreSettings } from './store.ts';

serveStore<StoreSettings>((settings, say, tell) => {
  const { shared } = settings;
  const own = new Store(settings, say);
  return shared ? new HistoryTables({ ...settings, shared, own, say, tell }) : own;
});

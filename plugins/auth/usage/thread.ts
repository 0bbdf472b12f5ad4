/** Main module of the thread that alone reads and writes the usage of keys. */
import { serveStore } from '../../../kits/store-kit/serve-store.ts';
import { UsageStore, type UsageSettings } from './usage-store.ts';

serveStore<UsageSettings>((settings, say) => new UsageStore(settings, say));

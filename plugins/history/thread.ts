/** Main module of the thread that alone reads and writes the file. */
import { serveStore } from '../../kits/store-kit/serve-store.ts';
import { Store, type StoreSettings } from './store.ts';

serveStore<StoreSettings>((settings, say) => new Store(settings, say));

/** Main module of the thread that alone reads and writes the file. */
import { serveStore } from '../../../../../kits/store-kit/serve-store.ts';
import { StateStore, type StateSettings } from './store.ts';

serveStore((settings: StateSettings, say) => new StateStore(settings, say));

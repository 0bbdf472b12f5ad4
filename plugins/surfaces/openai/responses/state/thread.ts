/** Main module of the thread that alone reads and writes the file. */
import { serveStore } from '../../../../../kits/store-kit/serve-store.ts';
import type { StateSettings } from './rows.ts';
import { StateStore } from './store.ts';
import { StateTables } from './tables.ts';

serveStore((settings: StateSettings, say, tell) => {
  const { postgres } = settings;
  const own = new StateStore(settings, say);
  return postgres ? new StateTables({ postgres, settings, own, say, tell }) : own;
});

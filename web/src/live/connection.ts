import { useLive } from './store.ts';
import type { Connection } from './live.ts';

export const useConnection = (): Connection => useLive(({ connection }) => connection);

/** What is shown may be old. */
export const useIsStale = (): boolean =>
  useLive(({ connection }) => connection === 'lost' || connection === 'restarting');

import type { Host } from '../../core/contracts/index.ts';
import type { Threads } from '../../kits/feature-kit/index.ts';
import type { Keyring } from './keyring.ts';

/** ms between two writes of when keys were last used */
const EVERY_MS = 30_000;

/** Stores when keys were last used, at intervals. @param toMain in any thread but the main one @returns ends it, after a last write */
export function saveActivities(
  keyring: Keyring,
  { log }: Pick<Host, 'log'>,
  toMain: Threads | undefined,
): () => Promise<void> {
  const save = async (): Promise<void> => {
    if (toMain) return toMain.tell('used', keyring.unsaved());
    try {
      await keyring.saveActivities();
    } catch (error) {
      log.warn(`the last use of keys could not be stored: ${(error as Error).message}`);
    }
  };
  const timer = setInterval(() => void save(), EVERY_MS).unref();
  return () => {
    clearInterval(timer);
    return save();
  };
}

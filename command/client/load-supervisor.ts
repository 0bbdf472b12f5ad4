/** What the supervisor can do without a running gateway. */
export type OfflineSupervisor = typeof import('../../plugins/supervisor/offline.ts');

/** Why programs cannot be checked, with the remedy. */
export const UNSUPERVISED =
  'nothing here runs local programs, as plugins/supervisor is not there; put that folder back';

const FILE = new URL('../../plugins/supervisor/offline.ts', import.meta.url).href;

/** Loaded where it is needed. @returns undefined: its folder is missing, and remote providers work without it */
export async function loadSupervisor(): Promise<OfflineSupervisor | undefined> {
  try {
    return await import('../../plugins/supervisor/offline.ts');
  } catch (error) {
    const { code, url = '' } = error as NodeJS.ErrnoException & { readonly url?: string };
    if (code === 'ERR_MODULE_NOT_FOUND' && url === FILE) return undefined;
    throw error;
  }
}

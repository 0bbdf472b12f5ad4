import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname, relative } from 'node:path';

/** Only its owner may take a file away: a folder for all, such as /tmp. */
const FOR_ALL = 0o1000;

/**
 * A folder that only the gateway's user may look into, made where it is not there. One that others need, too, such as
 * /tmp or the one that the gateway was started in, keeps its mode, as does another user's.
 * @throws where it cannot be made
 */
export async function privateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { mode } = await stat(folder);
  const isShared = (mode & FOR_ALL) !== 0 || dirname(folder) === folder || holds(folder, process.cwd());
  if ((mode & 0o077) !== 0 && !isShared) await chmod(folder, 0o700).catch(() => undefined);
}

const holds = (folder: string, other: string): boolean => !relative(folder, other).startsWith('..');

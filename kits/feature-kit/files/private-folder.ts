import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname, relative } from 'node:path';

/** The sticky bit: a folder for all users, such as /tmp. */
const FOR_ALL = 0o1000;

/**
 * Makes a folder that only the gateway's user can read, or makes an existing one so. A folder that others need too, such as
 * /tmp or the one that the gateway was started in, keeps its mode, and so does another user's.
 * @throws if it cannot be made
 */
export async function privateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { mode } = await stat(folder);
  const isShared = (mode & FOR_ALL) !== 0 || dirname(folder) === folder || holds(folder, process.cwd());
  if ((mode & 0o077) !== 0 && !isShared) await chmod(folder, 0o700).catch(() => undefined);
}

const holds = (folder: string, other: string): boolean => !relative(folder, other).startsWith('..');

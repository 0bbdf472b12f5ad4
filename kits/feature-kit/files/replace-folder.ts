import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Fills a folder beside the one that is meant, and puts it there only when it is complete: nothing half done is ever used. */
export async function replaceFolder(folder: string, fill: (stage: string) => Promise<void>): Promise<void> {
  await clearLeftOvers(folder);
  const stage = `${folder}.partial-${process.pid}`;
  try {
    await mkdir(stage, { recursive: true });
    await fill(stage);
    const old = `${folder}.old-${process.pid}`;
    if (existsSync(folder)) await rename(folder, old);
    await rename(stage, folder);
    await rm(old, { recursive: true, force: true });
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** Removes folders that killed gateways left. */
async function clearLeftOvers(folder: string): Promise<void> {
  const parent = dirname(folder);
  for (const name of await readdir(parent).catch(() => [])) {
    const pid = name.startsWith(`${basename(folder)}.`) && /\.(?:partial|old)-(\d+)$/.exec(name)?.[1];
    if (pid && (Number(pid) === process.pid || !runs(Number(pid))))
      await rm(join(parent, name), { recursive: true, force: true });
  }
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

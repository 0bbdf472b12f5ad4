import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFolder } from '../feature-kit/files/replace-folder.ts';

/** One name for all that something was installed from. */
export function fingerprint(...parts: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify([...parts, process.platform, process.arch]))
    .digest('hex');
}

/** Fills a folder unless it was filled from just that already: complete, or not at all. */
export async function installOnce(
  folder: string,
  from: string,
  fill: (stage: string) => Promise<void>,
): Promise<void> {
  if (!(await isInstalled(folder, from))) await reinstall(folder, from, fill);
}

/** Fills a folder whatever it holds. */
export async function reinstall(
  folder: string,
  from: string,
  fill: (stage: string) => Promise<void>,
): Promise<void> {
  await replaceFolder(folder, async (stage) => {
    await fill(stage);
    await writeFile(noteOf(stage), JSON.stringify({ from }));
  });
}

export async function isInstalled(folder: string, from: string): Promise<boolean> {
  try {
    return (JSON.parse(await readFile(noteOf(folder), 'utf8')) as { from: string }).from === from;
  } catch {
    return false;
  }
}

const noteOf = (folder: string): string => join(folder, 'made.json');

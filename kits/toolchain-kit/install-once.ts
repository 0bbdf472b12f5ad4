import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { whole } from './replace-folder.ts';

/** One name for all that a thing was made from. */
export function fingerprint(...parts: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify([...parts, process.platform, process.arch]))
    .digest('hex');
}

/** Makes a folder's content unless it was made from just that already: whole, or not at all. */
export async function made(
  folder: string,
  from: string,
  make: (stage: string) => Promise<void>,
): Promise<void> {
  if (!(await isMade(folder, from))) await remade(folder, from, make);
}

/** Makes a folder's content whatever it holds. */
export async function remade(
  folder: string,
  from: string,
  make: (stage: string) => Promise<void>,
): Promise<void> {
  await whole(folder, async (stage) => {
    await make(stage);
    await writeFile(noteOf(stage), JSON.stringify({ from }));
  });
}

export async function isMade(folder: string, from: string): Promise<boolean> {
  try {
    return (JSON.parse(await readFile(noteOf(folder), 'utf8')) as { from: string }).from === from;
  } catch {
    return false;
  }
}

const noteOf = (folder: string): string => join(folder, 'made.json');

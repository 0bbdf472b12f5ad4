import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Names that programs and tools write into a folder of code; no part of its state. */
const GENERATED = new Set(['.git', 'node_modules', '__pycache__', '.venv', 'venv', 'logs']);

/** A name for the state of a folder's files: it changes when one of them does. */
export async function stateOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const line of listing(folder, '')) hash.update(line);
  return `files ${hash.digest('hex').slice(0, 24)}`;
}

async function* listing(root: string, path: string): AsyncGenerator<string> {
  const entries = await readdir(join(root, path), { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const inside = join(path, entry.name);
    if (entry.isDirectory() && !GENERATED.has(entry.name)) yield* listing(root, inside);
    if (!entry.isFile()) continue;
    const { size, mtimeMs } = await stat(join(root, inside));
    yield `${inside}\0${size}\0${mtimeMs}\n`;
  }
}

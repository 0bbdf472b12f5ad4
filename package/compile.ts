import { execFileSync } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dist, root } from './places.ts';

/** A module that is named by its URL, to be loaded later: what the compiler leaves as it is. */
const BY_URL = /(new URL\('[^']+\.)ts(', import\.meta\.url\))/g;
/** What types import: the compiler rewrites only what runs. */
const OF_TYPES = /(\bfrom '\.[^']*\.|\bimport\("\.[^"]*\.)ts(['"])/g;

/** Writes all sources into `dist/` as JavaScript, each with its types. */
export async function compile(): Promise<void> {
  await rm(dist, { recursive: true, force: true });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '--project', import.meta.dirname], { stdio: 'inherit' });
  const names = await readdir(dist, { recursive: true });
  await Promise.all(
    names.map(async (name) => {
      if (name.endsWith('.d.ts')) await rewrite(join(dist, name), OF_TYPES);
      else if (name.endsWith('.js')) await rewrite(join(dist, name), BY_URL);
    }),
  );
}

async function rewrite(file: string, specifiers: RegExp): Promise<void> {
  const text = await readFile(file, 'utf8');
  const rewritten = text.replace(specifiers, '$1js$2');
  if (rewritten !== text) await writeFile(file, rewritten);
}

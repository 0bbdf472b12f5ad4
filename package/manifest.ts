import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dist, root } from './places.ts';
import { shrinkwrap, type Lock } from './shrinkwrap.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly type: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

const manifest = join(root, 'package.json');
const locked = join(root, 'npm-shrinkwrap.json');
/** The checkout's own, while the package's is in its place. */
const kept = join(import.meta.dirname, '.package.json');

/**
 * Puts the package's `package.json` in the place of the checkout's, where npm reads it: its exports are JavaScript with
 * types, and it has no scripts. `npm-shrinkwrap.json` comes beside it.
 */
export async function replaceManifest(): Promise<void> {
  const text = await readFile(manifest, 'utf8');
  const { name, version, description, license, type, engines, bin, exports, files, ...needs } = JSON.parse(
    text,
  ) as Manifest;
  const { dependencies, optionalDependencies } = needs;
  const common = { name, version, description, license, type, engines };
  // Modules below dist/ read their version there, and the launcher which Node is new enough.
  await write(join(dist, 'package.json'), common);
  const compiled = {
    ...common,
    bin: mapped(bin, (path) => `dist/${path}`),
    exports: mapped(exports, (path) => ({
      types: path.replace(/^\.(.*)\.ts$/, './dist$1.d.ts'),
      default: path.replace(/^\.(.*)\.ts$/, './dist$1.js'),
    })),
    files,
    dependencies,
    optionalDependencies,
  };
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lock;
  await writeFile(kept, text);
  await write(locked, shrinkwrap(lock, compiled));
  await write(manifest, compiled);
}

/** Takes back what `replaceManifest` did. */
export async function restoreManifest(): Promise<void> {
  await rm(locked, { force: true });
  if (existsSync(kept)) await rename(kept, manifest);
}

function mapped<T>(
  members: Readonly<Record<string, string>>,
  change: (value: string) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, change(value)]));
}

async function write(file: string, value: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, undefined, 2)}\n`);
}

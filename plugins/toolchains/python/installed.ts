/** A note of the installation inside its folder, so that nothing is installed twice. */
import { createHash } from 'node:crypto';
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isExecutable } from '../../../kits/toolchain-kit/index.ts';
import type { Wheels } from './packages.ts';

export interface Installed {
  /** the pinned packages and the kind of machine */
  readonly fingerprint: string;
  /** path of the interpreter it runs with */
  readonly python: string;
  /** the one that the config names */
  readonly configured?: string;
}

export const libOf = (folder: string): string => join(folder, 'lib');

const noteOf = (folder: string): string => join(folder, 'installed.json');

export async function fingerprintOf({ requirements }: Wheels): Promise<string> {
  const pinned = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  return `${pinned} ${process.platform} ${process.arch}`;
}

/** @returns undefined: something else is, or nothing */
export async function readInstalled(folder: string, fingerprint: string): Promise<Installed | undefined> {
  try {
    const installed = JSON.parse(await readFile(noteOf(folder), 'utf8')) as Installed;
    await access(libOf(folder));
    return installed.fingerprint === fingerprint ? installed : undefined;
  } catch {
    return undefined;
  }
}

/** Its Python is still there. Packages for the stable ABI outlive it, so that another will do. */
export const isUsable = ({ python }: Installed): Promise<boolean> => isExecutable(python);

export const writeInstalled = (folder: string, installed: Installed): Promise<void> =>
  writeFile(noteOf(folder), JSON.stringify(installed));

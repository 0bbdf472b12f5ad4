import { stat } from 'node:fs/promises';
import { createRequire, isBuiltin } from 'node:module';
import { homedir } from 'node:os';
import { join, parse, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';

/** Extensions of a plugin's file, in order of precedence: sources before built files. */
const EXTENSIONS = ['.ts', '.js', '.mjs'];

/**
 * Imports a plugin and checks its shape: `{ name, options, create }`. A plugin from a file is named as the file (as its
 * folder where the file is an index); one from a package has any name.
 * @throws GatewayError naming the file, what was found there and what is expected
 */
export async function loadPlugin(
  file: string,
  as: 'file' | 'package' = 'file',
  load: (file: string) => Promise<unknown> = imported,
): Promise<Plugin> {
  const found = await load(file).catch((cause: unknown) => {
    const why = (cause as Error)?.message ?? cause;
    throw new GatewayError('config_invalid', `${file} cannot be loaded: ${why}`, { cause });
  });
  const wrong = (problem: string): GatewayError =>
    new GatewayError(
      'config_invalid',
      `${file} is not a plugin: ${problem}; expected: export default { name, options, create }`,
    );

  if (typeof found !== 'object' || found === null)
    throw wrong(found === undefined ? 'it has no default export' : `its default export is a ${typeof found}`);
  const { name, options, create } = found as Record<string, unknown>;
  if (typeof name !== 'string' || name === '') throw wrong(`its name is ${text(name)}, not a text`);
  if (typeof options !== 'object' || options === null)
    throw wrong(`its options are ${text(options)}, not a JSON Schema`);
  if (typeof create !== 'function') throw wrong(`its create is ${text(create)}, not a function`);
  const expected = nameOf(file);
  if (as === 'file' && name !== expected)
    throw wrong(`it is named '${name}' but its file says '${expected}'`);
  return found as Plugin;
}

/** The file of a plugin named by a path; a folder means its index. */
export async function fileAt(path: string, folder: string): Promise<string | undefined> {
  const file = fromHome(path, folder);
  return (await isFile(file)) ? file : indexOf(file);
}

/** `use: ./mine.ts` rather than a name or a package. */
export function isPath(use: string): boolean {
  return /^(\.{1,2}|~)?\//.test(use) || /^[A-Za-z]:[\\/]/.test(use);
}

/** A path as a config writes it: relative to the config's folder, `~` for home. */
export function fromHome(path: string, folder: string): string {
  return resolve(folder, path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path);
}

/** The main file of a package, resolved from a folder; undefined when it is not installed there. */
export function packageFile(name: string, folder: string): string | undefined {
  if (isBuiltin(name)) return undefined;
  const { resolve: resolvePackage } = createRequire(join(folder, 'switchyard.yaml')) as unknown as {
    resolve: Resolve;
  };
  try {
    return resolvePackage(name, { conditions: new Set(['node', 'import', 'default']) });
  } catch {
    return undefined;
  }
}

/** Newer Nodes take conditions here, for packages that can only be imported. */
type Resolve = (name: string, options: { conditions: ReadonlySet<string> }) => string;

/** The index of a folder that is a plugin. */
export async function indexOf(folder: string): Promise<string | undefined> {
  for (const extension of EXTENSIONS) {
    const file = join(folder, `index${extension}`);
    if (await isFile(file)) return file;
  }
  return undefined;
}

/** The plugins among a folder's files: no tests, no types, nothing that begins with a dot or an underscore. */
export function pluginFiles(names: readonly string[]): string[] {
  const best = new Map<string, string>();
  for (const extension of EXTENSIONS) {
    for (const file of names) {
      const { name, ext } = parse(file);
      const other = /^[._]|\.(d|test)$/.test(name) || name === 'index';
      if (ext === extension && !other && !best.has(name)) best.set(name, file);
    }
  }
  return [...best.values()];
}

function nameOf(file: string): string {
  const { dir, name } = parse(file);
  return name === 'index' ? parse(dir).base : name;
}

const imported = async (file: string): Promise<unknown> =>
  ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

function text(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? 'an object'
    : value === undefined
      ? 'missing'
      : String(value);
}

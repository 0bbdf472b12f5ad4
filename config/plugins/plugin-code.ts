import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { digest, digestOf, type Files } from '../files-read.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Code {
  readonly entry: string;
  /** its own file, and those beside and below it that it imports, as they were when they were loaded */
  files: Map<string, string>;
  /** how often it was loaded */
  version: number;
  loaded: Promise<unknown> | undefined;
}

/** by the file of the plugin */
const all = new Map<string, Code>();
/** by the URL of each loaded module */
const owners = new Map<string, Code>();

/**
 * Imports an operator's plugin; again where its file, or a file that it imports, has changed since. Node keeps every version
 * of a module until the process ends, so a version costs the memory of its code.
 */
export async function importCurrent(file: string): Promise<unknown> {
  let code = all.get(file);
  if (!code) all.set(file, (code = { entry: file, files: new Map(), version: 0, loaded: undefined }));
  follow();
  if (!code.loaded || (await hasChanged(code))) code.loaded = load(code);
  return code.loaded;
}

/** The files of a plugin that was imported. */
export const filesOf = (file: string): Files => all.get(file)?.files ?? new Map();

/** The files of all plugins, those that could not be loaded included. */
export const allFiles = (): Files => new Map([...all.values()].flatMap(({ files }) => [...files]));

async function hasChanged({ files }: Code): Promise<boolean> {
  for (const [file, before] of files) if ((await digestOf(file)) !== before) return true;
  return false;
}

async function load(code: Code): Promise<unknown> {
  const before = code.files;
  code.version++;
  code.files = new Map([[code.entry, await digestOf(code.entry)]]);
  const url = versioned(pathToFileURL(code.entry).href, code);
  owners.set(url, code);
  try {
    return ((await import(url)) as { default?: unknown }).default;
  } catch (error) {
    // A mistake in any of them may be the one that is mended next.
    code.files = new Map([...before, ...code.files]);
    // Node keeps failures, too.
    code.loaded = undefined;
    throw error;
  }
}

/** The first version has the plain URL. */
const versioned = (url: string, { version }: Code): string => (version === 1 ? url : `${url}?v=${version}`);

let follow = (): void => {
  follow = () => undefined;
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const code = context.parentURL === undefined ? undefined : owners.get(context.parentURL);
      if (!code || !found.url.startsWith('file:') || found.url.includes('?')) return found;
      const file = fileURLToPath(found.url);
      if (!isItsOwn(file, code)) return found;
      code.files.set(file, digest(readText(file)));
      const url = versioned(found.url, code);
      owners.set(url, code);
      return { ...found, url };
    },
  });
};

/** A file beside or below the plugin's: none of a package, and none of the gateway. */
function isItsOwn(file: string, { entry }: Code): boolean {
  const folder = dirname(entry);
  if (!isBelow(file, folder) || file.includes(`${sep}node_modules${sep}`)) return false;
  return !isBelow(file, root) || !isBelow(join(root, 'x'), folder);
}

const isBelow = (file: string, folder: string): boolean => !relative(folder, file).startsWith('..');

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

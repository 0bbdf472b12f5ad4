/** The gateway's own source files and what they import, for the tests and checks that hold the architecture. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Source {
  /** from the project's root, with slashes */
  readonly path: string;
  readonly text: string;
  /** `text` without its comments */
  readonly code: string;
  readonly lines: number;
  /** packages by their specifier, files by their path from the project's root; types and late imports included */
  readonly imports: readonly string[];
  /** those that are there when it runs: Node takes `import type` away */
  readonly running: readonly string[];
  /** those of them that `import()` loads where they are used */
  readonly late: readonly string[];
}

/** Folders that hold code of the gateway. */
export const FOLDERS = [
  'core',
  'gateway',
  'wire',
  'server',
  'config',
  'kits',
  'plugins',
  'providers',
  'command',
] as const;
/** Files at the top that put it together. */
export const ENTRIES = ['app.ts', 'gateway.ts', 'main.ts', 'plugin.ts', 'thread.ts'] as const;

const root = fileURLToPath(new URL('..', import.meta.url));
const IMPORT = /^(?:import|export)\s(?:[^;'"`]*?\sfrom\s)?\s*'([^']+)'|\bimport\(\s*'([^']+)'/gm;
const LATE = /\bimport\(\s*'([^']+)'/g;
const TYPES = /^(?:import|export) type\s[^;]*?\sfrom\s'[^']+';/gm;
/** Strings are matched first: a URL holds slashes, too. */
const STRING_OR_COMMENT = /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/.*|\/\*[^]*?\*\//g;

export async function readSources(): Promise<Source[]> {
  const inFolders = await Promise.all(FOLDERS.map(readFolder));
  const entries = await Promise.all(ENTRIES.map(readSource));
  return [...inFolders.flat(), ...entries];
}

/** Whether an import names a file of this project. */
export const isFile = (name: string): boolean => /^[\w-]+\/.*\.m?[jt]s$|^[\w-]+\.ts$|^\.\./.test(name);

async function readFolder(folder: string): Promise<Source[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.m?[jt]s$/.test(entry.name));
  return Promise.all(files.map((file) => readSource(relative(root, join(file.parentPath, file.name)))));
}

async function readSource(name: string): Promise<Source> {
  const path = name.replaceAll('\\', '/');
  const text = await readFile(join(root, path), 'utf8');
  const code = text.replace(STRING_OR_COMMENT, '$1');
  const lines = text.split('\n').length - 1;
  return {
    path,
    text,
    code,
    lines,
    imports: imports(path, code),
    running: imports(path, code.replace(TYPES, '')),
    late: imports(path, code, LATE),
  };
}

function imports(path: string, code: string, how = IMPORT): string[] {
  return [...code.matchAll(how)].map(([, fixed, late]) => {
    const specifier = (fixed ?? late) as string;
    return specifier.startsWith('.') ? join(dirname(path), specifier).replaceAll('\\', '/') : specifier;
  });
}

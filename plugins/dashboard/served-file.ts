import { readdir, readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ServedFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** the same, compressed when it was built */
  readonly br?: Buffer | undefined;
  readonly gzip?: Buffer | undefined;
  /** its name changes with what is in it */
  readonly isHashed: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** All files of a folder by their path in it, read once: a few dozen. None where there is no folder. */
export async function readFiles(folder: URL): Promise<Map<string, ServedFile>> {
  const root = fileURLToPath(folder);
  const names = await readdir(root, { recursive: true }).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const read = (name: string): Promise<Buffer> => readFile(join(root, name));
  const optional = (name: string) => (names.includes(name) ? read(name) : undefined);
  const served = names.filter((name) => extname(name) in TYPES);
  const files = served.map(async (name): Promise<[string, ServedFile]> => {
    const [bytes, br, gzip] = await Promise.all([read(name), optional(`${name}.br`), optional(`${name}.gz`)]);
    const path = name.replaceAll(sep, '/');
    const isHashed = path.startsWith('assets/');
    return [path, { type: TYPES[extname(name)] as string, bytes, br, gzip, isHashed }];
  });
  return new Map(await Promise.all(files));
}

export interface Form {
  readonly encoding?: 'br' | 'gzip';
  readonly bytes: Buffer;
}

/** The smallest form that a client reads, by its `Accept-Encoding` (RFC 9110, 12.5.3). */
export function acceptedForm({ bytes, br, gzip }: ServedFile, accepted = ''): Form {
  const read = new Set(
    accepted
      .split(',')
      .filter((coding) => !/;\s*q=0(\.0*)?\s*$/.test(coding))
      .map((coding) => coding.split(';')[0]?.trim().toLowerCase()),
  );
  if (br && read.has('br')) return { encoding: 'br', bytes: br };
  if (gzip && read.has('gzip')) return { encoding: 'gzip', bytes: gzip };
  return { bytes };
}

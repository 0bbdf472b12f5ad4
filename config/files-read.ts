import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** Files that a config was read from, absolute, each with the digest of its content then. */
export type Files = ReadonlyMap<string, string>;

/** Tells whether two texts differ without keeping one; of a file that is not there, or is empty, it is ''. */
export const digest = (text: string | undefined): string =>
  text === undefined || text.trim() === '' ? '' : createHash('sha256').update(text).digest('base64');

export const digestOf = async (file: string): Promise<string> =>
  digest(await readFile(file, 'utf8').catch(() => undefined));

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** bytes at a file's end that are searched for its last line */
const END = 8_192;

/**
 * The last complete line of a file.
 * @returns with it whether something stands after it; undefined: there is no such file, or nothing in it
 */
export function lastLine(file: string): { readonly text: string; readonly torn: boolean } | undefined {
  let handle: number | undefined;
  try {
    handle = openSync(file, 'r');
    const { size } = fstatSync(handle);
    if (size === 0) return undefined;
    const end = Buffer.alloc(Math.min(size, END));
    readSync(handle, end, 0, end.length, size - end.length);
    const lines = end.toString().split('\n');
    const torn = lines.pop() !== '';
    return { text: lines.at(-1) ?? '', torn };
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

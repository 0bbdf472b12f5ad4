import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { askTool } from './ask-tool.ts';

export interface Tool {
  readonly path: string;
  readonly version: Version;
}

export type Version = readonly [major: number, minor: number, patch: number];

/** Every file of that name on the PATH and in the folders beside it. */
export async function onPath(
  name: string,
  env: Readonly<Record<string, string>>,
  beside: readonly string[] = [],
): Promise<string[]> {
  const files = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean), ...beside];
  const paths = [...new Set(folders)].flatMap((folder) => files.map((file) => join(folder, file)));
  const runs = await Promise.all(
    paths.map((path) =>
      access(path, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return paths.filter((_, index) => runs[index]);
}

/** @returns undefined: it does not run, or tells no version */
export async function askVersion(
  path: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Tool | undefined> {
  const said = await askTool({ command: path, words, env }, signal);
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(said ?? '');
  if (!match) return undefined;
  return { path, version: [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] };
}

/** Whether a version lies in '>=1.23' or '>=3.10 <3.13'. */
export function fits(version: Version, range: string): boolean {
  return bounds(range).every(([sign, bound]) => {
    const order = compare(version, bound);
    return sign === '>=' ? order >= 0 : order < 0;
  });
}

/** For people: '1.23 or newer', '3.10 or newer but older than 3.13'. */
export function inWords(range: string): string {
  return bounds(range)
    .map(([sign, bound]) => {
      const text = bound.slice(0, bound[2] === 0 ? 2 : 3).join('.');
      return sign === '>=' ? `${text} or newer` : `but older than ${text}`;
    })
    .join(' ');
}

export const RANGE = String.raw`^>=\d+(\.\d+){0,2}( <\d+(\.\d+){0,2})?$`;

export const told = (version: Version): string => version.join('.');

function bounds(range: string): [sign: string, bound: Version][] {
  return range.split(' ').map((part) => {
    const [, sign = '', text = ''] = /^(>=|<)([\d.]+)$/.exec(part) ?? [];
    const [major = 0, minor = 0, patch = 0] = text.split('.').map(Number);
    return [sign, [major, minor, patch]];
  });
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

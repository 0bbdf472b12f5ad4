import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../feature-kit/index.ts';
import { bootId, stat } from '../process-kit/procfs.ts';
import type { UnsentPart } from './part.ts';

/** Use by one gateway that Redis may not have. */
export interface Unsent {
  /** as Redis knows that gateway */
  readonly node: string;
  /** the number of its last message */
  readonly round: number;
  readonly parts: readonly UnsentPart[];
}

interface Writer {
  readonly boot: string;
  readonly pid: number;
  readonly start: string | undefined;
  /** The process may go on, but this gateway has ended. */
  readonly hasEnded: boolean;
}

type Written = Unsent & { readonly writer: Writer };

const fileOf = (folder: string, node: string): string => join(folder, `${node}.json`);

/** @param hasEnded it will not write again */
export function writeUnsent(folder: string, unsent: Unsent, hasEnded: boolean): Promise<void> {
  const { pid } = process;
  const writer: Writer = { boot: bootId(), pid, start: stat(pid)?.start, hasEnded };
  return writeWhole(fileOf(folder, unsent.node), JSON.stringify({ ...unsent, writer } satisfies Written));
}

export const removeUnsent = (folder: string, node: string): Promise<void> =>
  rm(fileOf(folder, node), { force: true });

/** Of gateways that have ended. A file that cannot be read is none. */
export async function readUnsent(folder: string): Promise<Unsent[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  const all = await Promise.all(names.map((name) => readOne(join(folder, name))));
  return all.filter((one) => one !== undefined);
}

async function readOne(file: string): Promise<Unsent | undefined> {
  try {
    const { writer, ...unsent } = JSON.parse(await readFile(file, 'utf8')) as Written;
    const isWhole = typeof unsent.node === 'string' && Array.isArray(unsent.parts);
    return isWhole && isGone(writer) ? unsent : undefined;
  } catch {
    return undefined;
  }
}

/** In doubt it lives: the file is read again later. */
function isGone({ boot, pid, start, hasEnded }: Writer): boolean {
  if (hasEnded || boot !== bootId()) return true;
  if (start !== undefined) return stat(pid)?.start !== start;
  try {
    return !process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

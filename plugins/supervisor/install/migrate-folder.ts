import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gatewayRunning, type ProgramFolder } from '../../../kits/process-kit/index.ts';

/** Moves an earlier checkout of a program to its current folder, with all changes in it, instead of fetching it again. */
export async function migrateFolder({
  folder,
  before,
  remark,
}: ProgramFolder & { readonly remark: (line: string) => void }): Promise<void> {
  if (before === undefined || existsSync(folder) || !existsSync(before)) return;
  const obstacle = await moved(before, folder);
  remark(
    obstacle === undefined
      ? `${before} was moved to ${folder}`
      : `${before} stays there and can be deleted: ${obstacle}, so ${folder} is made again`,
  );
}

/** @returns why it was not */
async function moved(before: string, folder: string): Promise<string | undefined> {
  const gateway = gatewayRunning({ folder: before });
  if (gateway !== undefined) return `the gateway with pid ${gateway} runs it`;
  try {
    await mkdir(dirname(folder), { recursive: true });
    await rename(before, folder);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

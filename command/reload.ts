import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import type { Kept } from '../config/check.ts';
import type { Gateway, Reloaded } from '../core/contracts/index.ts';

/** ms after the last change of the file until it is read: an editor writes more than once */
const SETTLED = 200;

/** Reads the config again and writes into the log what became of it. @param why what stands before it */
export async function reload(gateway: Gateway, log: FastifyBaseLogger, why: string): Promise<void> {
  if (gateway.closing) return;
  try {
    const reloaded = await gateway.settings.reload();
    const told = `${why}: ${reloaded.file} was reloaded: ${changesOf(reloaded)}`;
    const { restart } = reloaded;
    if (restart.length === 0) log.info(told);
    else log.warn(`${told}; a restart is needed for ${restart.join(', ')}`);
  } catch (error) {
    log.warn(`${why}: ${(error as Error).message}`);
  }
}

function changesOf({ changed, providers }: Reloaded): string {
  if (changed.length === 0) return 'nothing has changed';
  const told = Object.entries(providers)
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => `${what}: ${names.join(', ')}`);
  return `${changed.join(', ')} changed${told.length > 0 ? ` (providers ${told.join('; ')})` : ''}`;
}

/**
 * Reloads the config file whenever its text has changed. Its folder is watched, because editors and Kubernetes put another
 * file in its place.
 */
export function watchConfig(gateway: Gateway, log: FastifyBaseLogger, { file, text }: Kept): void {
  let seen = text;
  let timer: NodeJS.Timeout | undefined;
  const check = async (): Promise<void> => {
    const now = await readFile(file, 'utf8').catch(() => undefined);
    // A file that is away or empty for a moment is being written.
    if (now === undefined || now.trim() === '' || now === seen) return;
    seen = now;
    await reload(gateway, log, 'its file has changed');
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void check(), SETTLED).unref();
  };
  try {
    const watcher = watch(dirname(file), { persistent: false }, (_event, name) => {
      // In Kubernetes the file is a link by way of `..data`, which alone changes.
      if (name === null || name === basename(file) || name.startsWith('..')) soon();
    });
    watcher.on('error', (error) => log.warn(`changes of ${file} are not seen any more: ${error.message}`));
  } catch (error) {
    log.warn(`changes of ${file} are not seen: ${(error as Error).message}`);
  }
}

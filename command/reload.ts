import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import type { Loaded } from '../config/check.ts';
import { digestOf } from '../config/files-read.ts';
import { allFiles } from '../config/plugins/plugin-code.ts';
import type { Gateway, Reloaded } from '../core/contracts/index.ts';
import { successionOf } from '../kits/feature-kit/index.ts';

/** ms after the last change of the file until it is read: an editor writes more than once */
const SETTLED = 200;

/** Reads the config again and logs the result. @param why begins the log line */
export async function reload(gateway: Gateway, log: FastifyBaseLogger, why: string): Promise<void> {
  if (gateway.closing || successionOf(gateway).replaced.aborted) return;
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

interface Watched {
  readonly settings: { readonly file: string | undefined; readonly loaded: Pick<Loaded, 'files' | 'config'> };
}

/**
 * Reloads the config whenever the content of a file that it is read from has changed. Folders are watched, because editors
 * and Kubernetes put another file in the place of one.
 */
export function watchConfig(gateway: Gateway & Watched, log: FastifyBaseLogger): void {
  const { settings } = gateway;
  const folders = new Map<string, FSWatcher>();
  let seen = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;

  const check = async (): Promise<void> => {
    const changed: string[] = [];
    for (const [file, before] of seen) {
      const now = await digestOf(file);
      // The config is being written while it is away or empty for a moment.
      if (now === before || (now === '' && file === settings.file)) continue;
      seen.set(file, now);
      changed.push(basename(file));
    }
    if (changed.length === 0) return;
    if (settings.loaded.config.watch) await reload(gateway, log, `${changed.join(', ')} changed`);
    follow(seen);
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void check(), SETTLED).unref();
  };
  // Files of a plugin that could not be loaded are among them, so that it is loaded when it is mended.
  const follow = (known: ReadonlyMap<string, string> = new Map()): void => {
    seen = new Map([...allFiles(), ...settings.loaded.files]);
    for (const [file, digest] of known) if (seen.has(file)) seen.set(file, digest);
    const wanted = new Set([...seen.keys()].map((file) => dirname(file)));
    for (const folder of wanted) if (!folders.has(folder)) open(folder);
    for (const [folder, watcher] of folders) {
      if (wanted.has(folder)) continue;
      watcher.close();
      folders.delete(folder);
    }
  };
  const open = (folder: string): void => {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        // In Kubernetes a file is a link by way of `..data`, which alone changes.
        if (name === null || name.startsWith('..') || isSeen(join(folder, name))) soon();
      });
      watcher.on('error', (error) => {
        log.warn(`changes in ${folder} are not seen any more: ${error.message}`);
        folders.delete(folder);
      });
      folders.set(folder, watcher);
    } catch (error) {
      log.warn(`changes in ${folder} are not seen: ${(error as Error).message}`);
    }
  };
  const isSeen = (file: string): boolean => seen.has(file);
  follow();
  // It may have changed while the gateway started.
  soon();
}

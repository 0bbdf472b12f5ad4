import { access, constants, readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { PluginRegistry } from '../plugins/registry.ts';
import { GatewayError } from '../../core/errors.ts';
import { whyNotWritten } from '../../kits/feature-kit/files/why-not-written.ts';
import { writeWhole } from '../../kits/feature-kit/files/write-atomically.ts';
import type { Kept, Loaded } from '../check.ts';
import { edited, type Edit } from './edit.ts';
import { checkText } from '../read.ts';

/** Permissions of a config that did not exist. */
const NEW = 0o644;

/**
 * Writes values into the config file; nothing where one of them cannot be written, or where the file was changed since
 * it was read.
 * @returns the config as it is read from then on
 * @throws GatewayError `config_not_saved` with the remedy
 */
export async function save(
  { kept, env, outer, files }: Pick<Loaded, 'kept' | 'env' | 'outer' | 'files'>,
  edits: readonly Edit[],
  registry: PluginRegistry,
): Promise<Loaded> {
  if (!kept)
    throw notSaved(
      'there is no config file: a program gave this gateway its config. Write the changes there',
    );
  await mustBeAsRead(kept);
  const file = kept.text === undefined ? kept.file : await realpath(kept.file);
  const text = edited(kept.text ?? '', edits);
  if (text === undefined)
    throw notSaved(
      `${kept.file} says what would change at more than one place at once (an anchor of YAML). Write the changes by hand: GET /config/diff tells them`,
    );
  const next = await checkText({ file: kept.file, text }, { env, outer, registry }).catch((error: Error) => {
    throw notSaved(`${kept.file} would not be valid with the changes. ${error.message}`, error);
  });
  try {
    if (kept.text !== undefined) await access(file, constants.W_OK);
    await writeWhole(file, text, kept.text === undefined ? NEW : (await stat(file)).mode & 0o7777);
  } catch (error) {
    const remedy = `Let the gateway's user write it and its folder ${dirname(file)}`;
    throw notSaved(whyNotWritten(kept.file, error as Error, remedy), error);
  }
  return { ...next, files: new Map([...files, ...next.files]) };
}

/** Another person's edits are not overwritten. */
async function mustBeAsRead({ file, text }: Kept): Promise<void> {
  const now = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw notSaved(`${file} cannot be read (${error.message})`, error);
  });
  if (now === text) return;
  throw notSaved(
    `${file} is not as it was when the gateway read it. POST /config/reload takes it as it is now, and then this can be saved`,
  );
}

export function notSaved(why: string, cause?: unknown): GatewayError {
  return new GatewayError('config_not_saved', `Nothing was saved: ${why}`, { cause });
}

import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { PluginRegistry } from './plugins/registry.ts';
import { GatewayError } from '../core/errors.ts';
import type { Check, Kept, Loaded } from './check.ts';
import { checkConfig } from './check.ts';
import type { Environment } from './environment.ts';
import { withDotEnv } from './environment.ts';
import { digest, digestOf, type Files } from './files-read.ts';
import { Mistakes } from './mistakes.ts';
import { object, parse } from './file/source.ts';
import { homeOf } from './references.ts';
import { withEnvironmentSettings } from './environment-settings.ts';

/** Names of the config file, in order of precedence. */
export const CONFIG_NAMES = ['switchyard.yaml', 'switchyard.yml', 'switchyard.json'];

const WHY_UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a folder: name the file in it',
  EACCES: "cannot be read by the gateway's user: give it the right to read the file and to enter its folders",
};

interface Reading {
  /** the file that the person named */
  readonly file?: string | undefined;
  /** folder where a config is looked for when none is named; a missing one is fine */
  readonly root: string;
  readonly env: Environment;
  readonly registry: PluginRegistry;
}

/**
 * Reads the config, `.env` beside it, and the plugins that it names.
 * @throws GatewayError with every mistake, each with file, line, path and the allowed values
 */
export async function readConfig({ file: named, root, env, registry }: Reading): Promise<Loaded> {
  const found = named === undefined ? await lookFor(root) : { file: named, text: await textOf(named) };
  const folder = found ? dirname(resolve(found.file)) : resolve(root);
  const all = await withDotEnv(env, folder);
  const dotEnv = join(folder, '.env');
  const files = new Map([[dotEnv, await digestOf(dotEnv)]]);
  const given = { env: all, outer: env, registry };
  const loaded = await (found ? checkText(found, given) : checkNothing(folder, given));
  return withFiles(loaded, files);
}

type Given = Pick<Check, 'env' | 'outer' | 'registry' | 'known'>;

/** A config without a file. @param folder where it would be */
async function checkNothing(folder: string, given: Given): Promise<Loaded> {
  const kept = { file: join(folder, CONFIG_NAMES[0]!), text: undefined };
  const set = withEnvironmentSettings({}, object, given);
  const loaded = await checkConfig({ ...given, ...set, folder });
  return withFiles({ ...loaded, kept }, new Map([[kept.file, digest(undefined)]]));
}

/** All that a config was read from, as data that another thread can be sent. */
export interface ConfigSnapshot extends Kept, Pick<Loaded, 'env' | 'outer' | 'references'> {}

/** undefined: a program has given it */
export function snapshotOf({ kept, env, outer, references }: Loaded): ConfigSnapshot | undefined {
  return kept && { ...kept, env: { ...env }, outer: { ...outer }, references };
}

/**
 * The same config again, whatever its files say by now.
 * @throws GatewayError as `readConfig` does
 */
export async function readSnapshot(
  { file, text, references: known, ...environments }: ConfigSnapshot,
  registry: PluginRegistry,
): Promise<Loaded> {
  const given = { ...environments, registry, known };
  const read = text === undefined ? checkNothing(dirname(file), given) : checkText({ file, text }, given);
  return { ...(await read), known };
}

/**
 * Checks the text of a config file.
 * @param env `.env` beside the file included
 * @throws GatewayError as `readConfig` does
 */
export async function checkText(
  { file: named, text }: { readonly file: string; readonly text: string },
  given: Given,
): Promise<Loaded> {
  const { value, source, faults } = parse(text, named);
  const mistakes = new Mistakes(source);
  for (const fault of faults) mistakes.addFault(fault);
  mistakes.throwIfAny();
  const file = resolve(named);
  const set = withEnvironmentSettings(value, source, given);
  const loaded = await checkConfig({ ...given, ...set, folder: dirname(file) });
  return withFiles({ ...loaded, file, kept: { file, text } }, new Map([[file, digest(text)]]));
}

const withFiles = (loaded: Loaded, files: Files): Loaded => ({
  ...loaded,
  files: new Map([...files, ...loaded.files]),
});

/** The config as it is written, not checked, with what is needed to find its `home`. */
export async function readUnchecked({ file: named, root, env, registry }: Reading): Promise<{
  readonly written: unknown;
  readonly file: string | undefined;
  readonly home: string;
  readonly env: Environment;
}> {
  const found = named === undefined ? await lookFor(root) : { file: named, text: await textOf(named) };
  const folder = found ? dirname(resolve(found.file)) : resolve(root);
  const all = await withDotEnv(env, folder);
  const { value, source } = found ? parse(found.text, found.file) : { value: {}, source: object };
  const { value: written } = withEnvironmentSettings(value, source, { env: all, registry });
  return { written, file: found?.file, home: homeOf(written, all, folder), env: all };
}

async function lookFor(root: string): Promise<{ file: string; text: string } | undefined> {
  for (const name of CONFIG_NAMES) {
    const file = join(root, name);
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw unreadable(file, error);
    });
    if (text !== undefined) return { file, text };
  }
  return undefined;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error as NodeJS.ErrnoException);
  }
}

function unreadable(file: string, cause: NodeJS.ErrnoException): GatewayError {
  const why = WHY_UNREADABLE[cause.code ?? ''] ?? `cannot be read: ${cause.message}`;
  return new GatewayError('config_invalid', `The config file ${file} ${why}`, { cause });
}

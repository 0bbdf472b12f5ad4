import { readFile } from 'node:fs/promises';
import { gateway } from '../core/contracts/config-schema.ts';
import type { Schema } from '../core/contracts/index.ts';
import { Secrets } from '../kits/secret-kit/index.ts';
import { isMembers } from './choose-plugins.ts';
import { expand, type Environment } from './environment.ts';
import type { Mistakes } from './mistakes.ts';
import type { Path } from './path.ts';
import { fromHome } from './plugins/plugin-file.ts';
import { digest, digestOf, type Files } from './files-read.ts';
import { isSecret } from './redact.ts';

/** `${secret:NAME}` or `${file:PATH}`, as a text of a config has it. */
export interface Reference {
  readonly path: Path;
  /** `secret:NAME` or `file:PATH` */
  readonly name: string;
}

export type ReferenceValues = Readonly<Record<string, string | undefined>>;

export interface References {
  /** the environment, and the value of each reference under its name */
  readonly env: Environment;
  readonly all: readonly Reference[];
  readonly files: Files;
  /** the value of each reference, by its name */
  readonly values: ReferenceValues;
  /** why a reference has no value, by its name */
  readonly problems: ReadonlyMap<string, string>;
}

/** `$$` is a dollar sign. */
const REFERENCE = /\$\$|\$\{((?:secret|file):(?:(?!:-)[^}])+)/g;

interface Reading {
  readonly env: Environment;
  readonly folder: string;
  /** secrets that are not stored yet, by name */
  readonly given?: Readonly<Record<string, string>>;
  /** what was read of them before, which is not read again */
  readonly known?: ReferenceValues;
}

/** Reads the secrets and files that a config refers to. */
export async function readReferences(
  written: unknown,
  { env, folder, given = {}, known = {} }: Reading,
): Promise<References> {
  const all = referencesIn(written);
  if (all.length === 0) return { env, all, files: new Map(), values: {}, problems: new Map() };
  const names = [...new Set(all.map(({ name }) => name))].filter((name) => known[name] === undefined);
  const values: Record<string, string | undefined> = { ...known };
  const files = new Map<string, string>();
  const problems = new Map<string, string>();
  for (const name of names.filter((one) => one.startsWith('file:'))) {
    const file = fromHome(name.slice('file:'.length), folder);
    try {
      const text = await readFile(file, 'utf8');
      files.set(file, digest(text));
      values[name] = text.replace(/\r?\n$/, '');
    } catch (error) {
      files.set(file, digest(undefined));
      problems.set(name, `the file ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
  }
  const stored = names.filter((one) => one.startsWith('secret:'));
  if (stored.length > 0) {
    const place = { home: homeOf(written, env, folder), env };
    const { file } = Secrets.none(place);
    files.set(file, await digestOf(file));
    try {
      const secrets = await Secrets.open(place);
      for (const name of stored) {
        const own = name.slice('secret:'.length);
        values[name] = given[own] ?? secrets.get(own);
        if (values[name] === undefined)
          problems.set(name, `there is no secret '${own}'; store it: switchyard secrets set ${own}`);
      }
    } catch (error) {
      for (const name of stored) problems.set(name, (error as Error).message);
    }
  }
  return { env: { ...env, ...values }, all, files, values, problems };
}

/** The references in all texts of a config. */
export function referencesIn(value: unknown, path: Path = []): Reference[] {
  if (typeof value === 'string')
    return [...value.matchAll(REFERENCE)].flatMap(([, name]) => (name === undefined ? [] : { path, name }));
  if (typeof value !== 'object' || value === null) return [];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, member]) =>
    referencesIn(member, [...path, isList ? Number(key) : key]),
  );
}

/** What they hold may stand only where it is never shown. */
export function mustBeHidden({ all }: References, schema: Schema, mistakes: Mistakes): void {
  for (const { path, name } of all)
    if (!isSecret(path, schema))
      mistakes.add(
        path,
        `\${${name}} may not stand here, because this value is shown; it may stand where keys do, such as apiKey, headers or a program's secrets`,
      );
}

/** `home` of a config that is not checked yet. */
export function homeOf(written: unknown, env: Environment, folder: string): string {
  const said = isMembers(written) && typeof written.home === 'string' ? written.home : gateway.home.default;
  return fromHome(String(expand(said, env, () => undefined).value), folder);
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { GatewayError } from '../core/errors.ts';
import type { Path } from './path.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment with the variables of `.env` in that folder; a variable that is already set takes precedence. */
export async function withDotEnv(env: Environment, folder: string): Promise<Environment> {
  const file = join(folder, '.env');
  try {
    return { ...parseEnv(await readFile(file, 'utf8')), ...env };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return env;
    throw new GatewayError('config_invalid', `${file} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}

export interface Expanded {
  readonly value: unknown;
  /** paths, as JSON, of texts that held a variable: these may be where a number is expected */
  readonly filled: ReadonlySet<string>;
}

/**
 * A copy with `$NAME`, `${NAME}` and `${NAME:-default}` replaced in every text; `$$` is a dollar sign. Without a
 * default an unset variable is reported to `unset` and left as written. Members that are undefined are dropped.
 * `${secret:NAME}` and `${file:PATH}` are variables, too.
 */
export function expand(
  value: unknown,
  env: Environment,
  unset: (path: Path, name: string) => void,
): Expanded {
  const filled = new Set<string>();
  const copy = (at: unknown, path: Path): unknown => {
    if (typeof at === 'string') {
      const text = replaced(at, env, (name) => unset(path, name));
      if (text !== at) filled.add(JSON.stringify(path));
      return text;
    }
    if (Array.isArray(at)) return at.map((entry, index) => copy(entry, [...path, index]));
    if (typeof at !== 'object' || at === null) return at;
    const members = Object.entries(at).filter(([, member]) => member !== undefined);
    return Object.fromEntries(members.map(([key, member]) => [key, copy(member, [...path, key])]));
  };
  return { value: copy(value, []), filled };
}

const PLAIN = /\$(?:\$|([A-Za-z_]\w*))/g;
const VARIABLE = /\$(?:\$|([A-Za-z_]\w*)|\{([A-Za-z_]\w*|(?:secret|file):(?:(?!:-)[^}])+)(?::-([^}]*))?\})/g;

function replaced(text: string, env: Environment, unset: (name: string) => void): string {
  const put = (written: string, plain?: string, braced?: string, otherwise?: string): string => {
    const name = plain ?? braced;
    if (name === undefined) return '$';
    const value = env[name];
    if (otherwise !== undefined) return value || otherwise;
    if (value === undefined) unset(name);
    return value ?? written;
  };
  // After the last brace none closes: searching for the end of each opened one would take quadratic time.
  const closed = text.lastIndexOf('}') + 1;
  const rest = text.slice(closed).replace(PLAIN, (written, name?: string) => put(written, name));
  return text.slice(0, closed).replace(VARIABLE, put) + rest;
}

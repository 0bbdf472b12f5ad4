import type { Schema } from '../core/contracts/index.ts';
import { convert } from './schema/convert.ts';
import { display } from './display.ts';
import type { Environment, Expanded } from './environment.ts';
import { expand } from './environment.ts';
import type { Mistakes } from './mistakes.ts';
import type { Path } from './path.ts';
import { valueAt } from './path.ts';
import { prepare } from './expand-shorthand.ts';
import { validate } from './schema/validate.ts';

interface Filling {
  readonly env: Environment;
  /** why a reference to a secret or a file has no value */
  readonly problems: ReadonlyMap<string, string>;
}

/** Replaces variables; an unset one is a mistake, unless it is in the entry of a provider that is switched off. */
export function filledIn(value: unknown, { env, problems }: Filling, mistakes: Mistakes): Expanded {
  return expand(value, env, (path, name) => {
    if (path[0] === 'providers' && valueAt(value, [...path.slice(0, 2), 'enabled']) === false) return;
    mistakes.add(
      path,
      problems.get(name) ??
        `the environment variable ${name} is not set; set it, put it into .env beside the config, or write \${${name}:-default}; a dollar sign itself is $$`,
    );
  });
}

interface Conforming {
  readonly expanded: Expanded;
  /** before variables were replaced */
  readonly written: unknown;
  readonly schema: Schema;
  readonly folder: string;
  readonly mistakes: Mistakes;
}

/** The value with numbers for units, absolute paths and every default, or mistakes; and the schema that it now fits. */
export function conform({ expanded, written, schema, folder, mistakes }: Conforming): {
  value: unknown;
  schema: Schema;
} {
  const prepared = prepare(schema, folder);
  const wrong = (path: Path, allowed: string): void => {
    mistakes.add(path, () => `${display(written, path, prepared)} is not allowed; allowed: ${allowed}`);
  };
  const value = convert(expanded.value, { schema: prepared, folder, filled: expanded.filled, wrong });
  validate({ value, written, schema: prepared, mistakes });
  return { value, schema: prepared };
}

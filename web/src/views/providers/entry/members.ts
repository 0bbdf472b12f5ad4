import type { Schema } from '../../../api/balancing.ts';
import type { Kind, Members } from '../../../api/entries.ts';

/** The members that most providers need, in the order of the form. */
const FIRST = ['baseUrl', 'apiKey', 'models'];
/** Secret maps and lists, and what only the config file may say. */
const IN_THE_FILE = ['apiKeys', 'headers', 'quirks', 'secrets', 'env', 'source', 'command', 'cwd'];

export interface FormMembers {
  readonly first: readonly [name: string, schema: Schema][];
  readonly more: readonly [name: string, schema: Schema][];
}

/** The members of a kind's options that the form has. */
export function membersOf({ options }: Kind): FormMembers {
  const { properties = {}, required = [] } = options;
  const isFirst = (name: string): boolean => FIRST.includes(name) || required.includes(name);
  const all = Object.entries(properties).filter(([name]) => !IN_THE_FILE.includes(name));
  const place = (name: string): number => (FIRST.includes(name) ? FIRST.indexOf(name) : -1);
  return {
    first: all.filter(([name]) => isFirst(name)).toSorted(([one], [other]) => place(one) - place(other)),
    more: all.filter(([name]) => !isFirst(name)),
  };
}

/** The members that differ from those of the entry; null takes one away. */
export function changedMembers(draft: Members, before: Members): Members {
  const names = new Set([...Object.keys(draft), ...Object.keys(before)]);
  const changed = [...names].filter(
    (name) => name in draft && JSON.stringify(draft[name]) !== JSON.stringify(before[name]),
  );
  return Object.fromEntries(changed.map((name) => [name, draft[name] ?? null]));
}

/** `public = own` a line; the same name twice is written once. */
export const mapText = (value: unknown): string =>
  Object.entries((value ?? {}) as Record<string, string>)
    .map(([name, own]) => (name === own ? name : `${name} = ${own}`))
    .join('\n');

/** undefined: no map. */
export function readMap(text: string): Record<string, string> | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const pairs = lines.filter(Boolean).map((line) => {
    const [, name = line, own = name] = /^(\S+)\s*=\s*(\S+)$/.exec(line) ?? [];
    return [name, own] as const;
  });
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

import { isObject, stringOf, type Json } from '../json.ts';
import { anyIn } from './below.ts';

const NAMED = /^#\/(?:\$defs|definitions)\/(.+)$/;

/** Whether a schema, or one that it references, contains itself. It takes no recursion: a chain of names may be long. */
export function isRecursive(schema: Json): boolean {
  if (anyIn(schema, ({ $ref }) => $ref === '#')) return true;
  const named = [schema.$defs, schema.definitions].flatMap((all) =>
    isObject(all) ? Object.entries(all) : [],
  );
  const users = new Map<string, string[]>(named.map(([name]) => [name, []]));
  const open = new Map<string, number>();
  for (const [name, meant] of named) {
    const used = [...namesIn(meant)].filter((one) => users.has(one));
    open.set(name, used.length);
    for (const one of used) users.get(one)?.push(name);
  }
  const ready = [...open.keys()].filter((name) => open.get(name) === 0);
  for (const name of ready)
    for (const user of users.get(name) ?? []) {
      const left = (open.get(user) ?? 0) - 1;
      open.set(user, left);
      if (left === 0) ready.push(user);
    }
  return ready.length < open.size;
}

function namesIn(schema: unknown): Set<string> {
  const names = new Set<string>();
  if (isObject(schema))
    anyIn(schema, ({ $ref }) => {
      const name = NAMED.exec(stringOf($ref))?.[1];
      if (name !== undefined) names.add(name);
      return false;
    });
  return names;
}

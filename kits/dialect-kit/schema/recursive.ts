import { isObject, stringOf, type Json } from '../json.ts';
import { anyIn } from './below.ts';

const NAMED = /^#\/(?:\$defs|definitions)\/(.+)$/;

/** Whether a schema holds itself, or one that it names does. */
export function isRecursive(schema: Json): boolean {
  const named = {
    ...(isObject(schema.$defs) && schema.$defs),
    ...(isObject(schema.definitions) && schema.definitions),
  };
  const [open, done] = [new Set<string>(), new Set<string>()];
  const leadsBack = ({ $ref }: Json): boolean => {
    const name = NAMED.exec(stringOf($ref))?.[1];
    if (name === undefined) return $ref === '#';
    if (open.has(name)) return true;
    if (done.has(name)) return false;
    open.add(name);
    const meant = named[name];
    const found = isObject(meant) && anyIn(meant, leadsBack);
    open.delete(name);
    done.add(name);
    return found;
  };
  return anyIn(schema, leadsBack);
}

import { isObject, type Json } from './json.ts';

/** members that name a thing: a later fragment repeats or replaces them, it does not go on */
const LABELS = new Set(['id', 'type', 'role', 'name', 'format', 'object', 'index']);

/**
 * Adds one fragment of a streamed object to what has come of it: strings go on, lists grow, objects do both inside,
 * anything else is replaced; null says nothing.
 */
export function mergeInto(whole: Json, fragment: Json): void {
  for (const [name, value] of Object.entries(fragment)) {
    // What a hostile upstream names so would be merged into every object there is.
    if (value === null || value === undefined || name === '__proto__') continue;
    const before = Object.hasOwn(whole, name) ? whole[name] : undefined;
    if (typeof value === 'string' && typeof before === 'string') {
      whole[name] = LABELS.has(name) ? value || before : before + value;
    } else if (Array.isArray(value)) {
      whole[name] = Array.isArray(before) ? [...before, ...value] : value;
    } else if (isObject(value)) {
      const object = isObject(before) ? before : {};
      mergeInto(object, value);
      whole[name] = object;
    } else {
      whole[name] = value;
    }
  }
}

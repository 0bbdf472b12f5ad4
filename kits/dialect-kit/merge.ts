import { isObject, type Json } from './json.ts';

/** members that name a thing: a later fragment repeats or replaces them instead of continuing them */
const LABELS = new Set(['id', 'type', 'role', 'name', 'format', 'object', 'index']);

/**
 * Merges one fragment of a streamed object into the object so far: strings are concatenated, lists are extended,
 * objects are merged, any other value is replaced, and null is ignored.
 */
export function mergeInto(whole: Json, fragment: Json): void {
  for (const [name, value] of Object.entries(fragment)) {
    // By this name a hostile upstream could reach the prototype of every object.
    if (value === null || value === undefined || name === '__proto__') continue;
    const before = Object.hasOwn(whole, name) ? whole[name] : undefined;
    if (typeof value === 'string' && typeof before === 'string') {
      whole[name] = LABELS.has(name) ? value || before : before + value;
    } else if (Array.isArray(value)) {
      // A list of its own, which grows: copying it with each fragment takes a time that grows with its square.
      if (!Array.isArray(before)) whole[name] = [...value];
      else for (const one of value) before.push(one);
    } else if (isObject(value)) {
      const object = isObject(before) ? before : {};
      mergeInto(object, value);
      whole[name] = object;
    } else {
      whole[name] = value;
    }
  }
}

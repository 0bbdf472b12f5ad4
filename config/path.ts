/** Where a value is inside the config. */
export type Path = readonly (string | number)[];

/** As a person writes it: `models."gpt-4.1".targets[0].provider`. */
export function shown(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += (text && '.') + (/^[\w$@/-]+$/.test(step) ? step : JSON.stringify(step));
  }
  return text || 'the config';
}

/** The value at that path; undefined where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}

/** Reads ajv's JSON pointer; `value` tells lists from maps. */
export function fromPointer(pointer: string, value: unknown): Path {
  const path: (string | number)[] = [];
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(valueAt(value, path)) ? Number(key) : key);
  }
  return path;
}

import { isRaw, readExactJson, readJson, TooDeep } from '../../wire/json.ts';

/** A JSON object whose members are not known yet. */
export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isRaw(value);

export const objectsOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

export const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * @returns undefined where the text is not JSON
 * @throws TooDeep
 */
export function parse(text: string): unknown {
  return tried(readJson, text);
}

/** The same, without loss, for what will be written again. */
export function parseExact(text: string): unknown {
  return tried(readExactJson, text);
}

function tried(read: (text: string) => unknown, text: string): unknown {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof TooDeep) throw error;
    return undefined;
  }
}

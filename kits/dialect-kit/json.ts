import { isRaw } from '../../wire/json.ts';

export { tryExactJson as parseExact, tryJson as parse } from '../../wire/json.ts';

/** A JSON object whose members are not known yet. */
export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isRaw(value);

export const objectsOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

export const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '');

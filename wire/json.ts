import { Malformed } from './malformed.ts';

/** Most nested lists and maps; Python's own parser stops at the same depth. */
export const DEEPEST = 1_000;

/** A JSON text is nested deeper than that. */
export class TooDeep extends Malformed {
  override readonly name = 'TooDeep';

  constructor() {
    super(`JSON that is nested deeper than ${DEEPEST} levels`);
  }
}

/**
 * An upstream's JSON, parsed to be judged. Python writes NaN and Infinity, which are not JSON: they become null.
 * @throws SyntaxError, TooDeep
 */
export function readJson(text: string): unknown {
  mustBeFlat(text);
  return parsed(text);
}

function mustBeFlat(text: string): void {
  // Each level needs two characters.
  if (text.length > 2 * DEEPEST && isDeep(text)) throw new TooDeep();
}

/**
 * The same, to be written again without loss: a number that no double holds stays as it was written.
 * @throws SyntaxError, TooDeep
 */
export const readExactJson = (text: string): unknown => exactlyRead(text, readJson(text));

/** @param value as the text was read, where numbers may have lost digits */
function exactlyRead(text: string, value: unknown): unknown {
  return isWhollyExact(value) ? value : parsed(text, exactly);
}

/** The short body that was read last, until it is taken: a translation in the same turn needs no second reading. */
let last: { readonly raw: Buffer; readonly text: string; readonly value: unknown } | undefined;

/** @throws SyntaxError */
export function readOnce(raw: Buffer, text: string): unknown {
  const value: unknown = JSON.parse(text);
  last = { raw, text, value };
  return value;
}

/**
 * The JSON of a body, to be written again without loss; only what takes it has it.
 * @throws SyntaxError, TooDeep
 */
export function takeExactJson(raw: Buffer): unknown {
  const known = last;
  last = undefined;
  if (known?.raw !== raw) return readExactJson(withoutMark(raw.toString()));
  mustBeFlat(known.text);
  return exactlyRead(known.text, known.value);
}

/**
 * Editors on Windows begin a file with a byte order mark, which JSON does not have (RFC 8259 §8.1 lets readers ignore
 * it).
 */
export const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);

/**
 * @returns undefined where the text is not JSON
 * @throws TooDeep
 */
export const tryJson = (text: string): unknown => tried(readJson, text);

/** The same, without loss, for what will be written again. */
export const tryExactJson = (text: string): unknown => tried(readExactJson, text);

function tried(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof TooDeep) throw error;
    return undefined;
  }
}

/** A number that stays as it was written: no list, and no map. */
export const isRaw = (value: unknown): value is { readonly rawJSON: string } => EXACT.isRawJSON(value);

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** JSON.parse with source text, which TypeScript does not know yet. */
const EXACT = JSON as unknown as {
  parse(text: string, reviver?: Reviver): unknown;
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): boolean;
};

const NO_NUMBER = /-?\b(?:NaN|Infinity)\b/;
const NO_NUMBERS = new RegExp(NO_NUMBER, 'g');

const exactly: Reviver = (_key, value, { source }) =>
  typeof value === 'number' && source !== undefined && !isExact(value) ? EXACT.rawJSON(source) : value;

const isExact = (value: number): boolean =>
  Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value));

/** Its numbers are few, its characters many: to search the text for a long number takes longer. */
function isWhollyExact(value: unknown): boolean {
  if (typeof value === 'number') return isExact(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) {
    for (const one of value) if (!isWhollyExact(one)) return false;
    return true;
  }
  for (const name in value) if (!isWhollyExact((value as Record<string, unknown>)[name])) return false;
  return true;
}

function parsed(text: string, reviver?: Reviver): unknown {
  try {
    return EXACT.parse(text, reviver);
  } catch (error) {
    if (!NO_NUMBER.test(text)) throw error;
    return EXACT.parse(withoutNoNumbers(text), reviver);
  }
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];

function isDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = closingQuote(text, at + 1);
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > DEEPEST) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}

/** Outside of strings. */
function withoutNoNumbers(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const quote = text.indexOf('"', at);
    const open = quote < 0 ? text.length : quote;
    parts.push(text.slice(at, open).replace(NO_NUMBERS, 'null'));
    at = quote < 0 ? open : closingQuote(text, open + 1) + 1;
    parts.push(text.slice(open, at));
  }
  return parts.join('');
}

/** @returns where a JSON string ends, or the end of the text */
export function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (at - 1 - slashes >= from && text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}

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
 * Most objects, lists and members that are parsed in one turn of the event loop. Plain numbers are not counted: embeddings
 * have millions of them.
 */
export const MOST_PARTS = 500_000;

/**
 * A text has more of them where they are long and alike: the last events of a long response with 20 log probabilities a
 * token repeat all of these, with a dozen characters a part and few names. Such parts cost little more than plain numbers.
 */
const SPARSE = 8;
/** names of members beyond those parts; a new one takes about ten times as long as one that is known */
const MOST_NAMES = 1_000;

/** A JSON text has more objects, lists and members than that. */
export class TooManyParts extends Malformed {
  override readonly name = 'TooManyParts';

  constructor(most = MOST_PARTS) {
    super(`more than ${most} objects, lists and members of JSON at once`);
  }
}

/**
 * An upstream's JSON, parsed to be judged. Python writes NaN and Infinity, which are not JSON: they become null.
 * @param most objects, lists and members; Infinity: it is read in a worker thread, or is the caller's own
 * @throws SyntaxError, TooDeep, TooManyParts
 */
export function readJson(text: string, most = MOST_PARTS): unknown {
  mustBeReadable(text, most);
  return parsed(text);
}

function mustBeReadable(text: string, most: number): void {
  // Each level needs two characters.
  if (text.length > 2 * DEEPEST) walk(text, most);
}

/**
 * The same, to be written again without loss: a number that no double holds stays as it was written.
 * @throws SyntaxError, TooDeep, TooManyParts
 */
export const readExactJson = (text: string, most = MOST_PARTS): unknown =>
  exactlyRead(text, readJson(text, most), most);

/** @param value as the text was read, where numbers may have lost digits */
function exactlyRead(text: string, value: unknown, most: number): unknown {
  return isWhollyExact(value) ? value : parsed(text, exactly(most));
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
  if (known?.raw !== raw) return readExactJson(withoutMark(raw.toString()), Infinity);
  mustBeReadable(known.text, Infinity);
  return exactlyRead(known.text, known.value, Infinity);
}

/**
 * Editors on Windows begin a file with a byte order mark, which JSON does not have (RFC 8259 §8.1 lets readers ignore
 * it).
 */
export const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);

/**
 * @returns undefined where the text is not JSON
 * @throws TooDeep, TooManyParts
 */
export const tryJson = (text: string): unknown => tried(readJson, text, MOST_PARTS);

/** The same, without loss, for what will be written again. */
export const tryExactJson = (text: string, most = MOST_PARTS): unknown => tried(readExactJson, text, most);

function tried(parse: typeof readJson, text: string, most: number): unknown {
  try {
    return parse(text, most);
  } catch (error) {
    if (error instanceof Malformed) throw error;
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

/** It is called for each value, plain numbers too, and takes far longer than parsing. */
function exactly(most: number): Reviver {
  let values = 0;
  return (_key, value, { source }) => {
    if (++values > most) throw new TooManyParts();
    return typeof value === 'number' && source !== undefined && !isExact(value)
      ? EXACT.rawJSON(source)
      : value;
  };
}

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
    if (error instanceof Malformed || !NO_NUMBER.test(text)) throw error;
    return EXACT.parse(withoutNoNumbers(text), reviver);
  }
}

const [QUOTE, COLON, BACKSLASH] = [0x22, 0x3a, 0x5c];

/** @throws TooDeep, TooManyParts */
function walk(text: string, most: number): void {
  let [depth, parts, quote] = [0, 0, 0];
  let names: Set<string> | undefined;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = closingQuote(text, (quote = at) + 1);
    // NaN and Infinity begin with these.
    else if (code === COLON || code === 0x4e || code === 0x49) parts++;
    else if (code === 0x5b || code === 0x7b) {
      parts++;
      if (++depth > DEEPEST) throw new TooDeep();
    } else if (code === 0x5d || code === 0x7d) depth--;
    else continue;
    if (parts <= most) continue;
    names ??= new Set();
    if (code === COLON) names.add(text.slice(quote, at));
    if (parts > text.length / SPARSE || names.size > MOST_NAMES) throw new TooManyParts();
  }
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

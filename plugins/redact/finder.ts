import { GatewayError } from '../../core/errors.ts';
import { beginningsOf, type Beginnings } from './beginnings.ts';
import { KNOWN } from './known.ts';
import type { RedactOptions } from './options.ts';

export interface Found {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** the kind of the finding */
  readonly name: string;
}

const NONE: readonly Found[] = [];

/** Finds one kind of secret or personal data. */
export class Finder {
  readonly #name: string;
  readonly #pattern: RegExp;
  readonly #isOne: ((found: string) => boolean) | undefined;
  readonly beginnings: Beginnings;

  constructor(name: string, source: string, isOne?: (found: string) => boolean) {
    this.#name = name;
    this.#pattern = patternOf(source);
    this.#isOne = isOne;
    this.beginnings = beginningsOf(this.#pattern);
  }

  in(text: string): readonly Found[] {
    const { prefix } = this.beginnings;
    if (prefix !== '' && !text.includes(prefix)) return NONE;
    const found: Found[] = [];
    for (const { 0: match, index } of text.matchAll(this.#pattern))
      if (this.#isFound(match)) found.push(this.#at(index, match));
    return found;
  }

  /** One behind the other, each searched when it is asked for; undefined: a match that is none. */
  *each(text: string): Generator<Found | undefined> {
    for (const { 0: match, index } of text.matchAll(this.#pattern))
      yield this.#isFound(match) ? this.#at(index, match) : undefined;
  }

  #isFound(match: string): boolean {
    return match !== '' && this.#isOne?.(match) !== false;
  }

  #at(start: number, text: string): Found {
    return { start, end: start + text.length, text, name: this.#name };
  }
}

/** Unicode where it can be: older patterns escape what needs no escape. */
function patternOf(source: string): RegExp {
  try {
    return new RegExp(source, 'gu');
  } catch {
    return new RegExp(source, 'g');
  }
}

/** @throws GatewayError `config_invalid` */
export function findersOf({ find, patterns }: Pick<RedactOptions, 'find' | 'patterns'>): Finder[] {
  const known = find.flatMap((name) =>
    KNOWN[name].map(
      (kind) => new Finder(name.toUpperCase(), kind.source, 'isOne' in kind ? kind.isOne : undefined),
    ),
  );
  const own = Object.entries(patterns).map(([name, source]) => {
    try {
      return new Finder(name.toUpperCase(), source);
    } catch (error) {
      throw new GatewayError('config_invalid', `redact.patterns.${name}: ${(error as Error).message}`);
    }
  });
  return [...known, ...own];
}

/**
 * All that is found, in order and without overlaps: of two that overlap the first, and of two that begin together the longer.
 * @param isJson it is JSON text, of which no escape is cut
 */
export function foundIn(text: string, finders: readonly Finder[], isJson = false): readonly Found[] {
  const texts = !text.includes('\\') ? [text] : isJson ? [masked(text)] : [text, masked(text)];
  const each = texts
    .flatMap((one) => finders.map((finder) => finder.in(one)))
    .filter((found) => found.length > 0);
  if (each.length === 0) return NONE;
  const all = each.flat().toSorted((a, b) => a.start - b.start || b.end - a.end);
  let last = 0;
  return all
    .filter(({ start, end }) => {
      if (start < last) return false;
      last = end;
      return true;
    })
    .map((found) => ({ ...found, text: text.slice(found.start, found.end) }));
}

/** The letter of an escape seems to belong to the word that follows: `\nsk-…`. */
export const ESCAPES = /\\(?:u[\da-fA-F]{4}|[^])/g;

const masked = (text: string): string => text.replace(ESCAPES, ({ length }) => '\\'.repeat(length));

/** Where a text may be cut at a place or before, without cutting an escape. */
export function beforeEscape(text: string, place: number): number {
  for (let at = place - 1; at >= Math.max(0, place - 5); at--) {
    if (text[at] !== '\\') continue;
    let first = at;
    while (text[first - 1] === '\\') first--;
    const isEscape = (at - first) % 2 === 0;
    return isEscape && place - at < (text[at + 1] === 'u' ? 6 : 2) ? at : place;
  }
  return place;
}

/** The text with replacements for the findings. */
export function replaced(text: string, all: readonly Found[], instead: (found: Found) => string): string {
  let [out, at] = ['', 0];
  for (const found of all) {
    out += text.slice(at, found.start) + instead(found);
    at = found.end;
  }
  return out + text.slice(at);
}

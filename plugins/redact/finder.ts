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
/** Characters of a long text that are searched at a time for a kind that has a name. */
const WINDOW = 256 * 1024;
/** Characters behind them in which a match may end: none of those kinds is longer. And before them, for what must not stand there. */
const [AFTER, BEFORE] = [16 * 1024, 64];

/** Finds one kind of secret or personal data. */
export class Finder {
  readonly #name: string;
  readonly #pattern: RegExp;
  readonly #isOne: ((found: string) => boolean) | undefined;
  readonly #isOwn: boolean;
  readonly beginnings: Beginnings;

  /** @param isOwn the operator has written it */
  constructor(name: string, source: string, isOne?: (found: string) => boolean, isOwn = false) {
    this.#name = name;
    this.#isOwn = isOwn;
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

  /**
   * One behind the other, each searched when it is asked for; undefined: a match that is none, or that much of the text
   * has been searched.
   */
  *each(text: string): Generator<Found | undefined> {
    // A pattern of the operator's own may be of any length, and may ask for the text's beginning or end.
    const window = this.#isOwn ? text.length : WINDOW;
    const pattern = new RegExp(this.#pattern);
    for (let from = 0; from < text.length;) {
      const begin = Math.max(0, from - BEFORE);
      const part = text.slice(begin, from + window + AFTER);
      let next = from + window;
      pattern.lastIndex = from - begin;
      for (let found = pattern.exec(part); found; found = pattern.exec(part)) {
        const [match] = found;
        const start = begin + found.index;
        if (start >= from + window) break;
        next = Math.max(next, start + match.length);
        if (match === '') pattern.lastIndex++;
        yield this.#isFound(match) ? this.#at(start, match) : undefined;
      }
      yield;
      from = next;
    }
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
      return new Finder(name.toUpperCase(), source, undefined, true);
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

import { ESCAPES, type Finder, type Found } from './finder.ts';

/** Escapes that are masked in one turn. */
const ESCAPES_AT_ONCE = 1_024;

/**
 * The same as `foundIn`, for a long text: each is searched when it is asked for, and undefined is yielded where others may have
 * a turn first.
 */
export function* findInTurns(
  text: string,
  finders: readonly Finder[],
  isJson = false,
): Generator<Found | undefined> {
  const texts = text.includes('\\') ? [...(isJson ? [] : [text]), yield* maskInTurns(text)] : [text];
  const searches: Search[] = [];
  for (const one of texts)
    for (const finder of finders) {
      const all = finder.each(one);
      const next = yield* nextOf(all);
      if (next) searches.push({ all, next });
    }
  let last = 0;
  for (let first = firstOf(searches); first; first = firstOf(searches)) {
    const { start, end } = first.next;
    if (start >= last) {
      last = end;
      yield { ...first.next, text: text.slice(start, end) };
    }
    const next = yield* nextOf(first.all);
    if (next) first.next = next;
    else searches.splice(searches.indexOf(first), 1);
  }
}

/** One kind, and the next of it. */
interface Search {
  readonly all: Generator<Found | undefined>;
  next: Found;
}

function* nextOf(all: Generator<Found | undefined>): Generator<undefined, Found | undefined> {
  for (;;) {
    const { done, value } = all.next();
    yield;
    if (done) return undefined;
    if (value) return value;
  }
}

/** Of two that begin together the longer. */
function firstOf(searches: readonly Search[]): Search | undefined {
  let first: Search | undefined;
  for (const one of searches) if (!first || isBefore(one.next, first.next)) first = one;
  return first;
}

const isBefore = (one: Found, other: Found): boolean =>
  one.start < other.start || (one.start === other.start && one.end > other.end);

function* maskInTurns(text: string): Generator<undefined, string> {
  const parts: string[] = [];
  let [at, count] = [0, 0];
  for (const { 0: escape, index } of text.matchAll(ESCAPES)) {
    parts.push(text.slice(at, index), '\\'.repeat(escape.length));
    at = index + escape.length;
    if (++count % ESCAPES_AT_ONCE === 0) yield;
  }
  return parts.join('') + text.slice(at);
}

/** How a name is compared: without regard to case, `least_connections` is `least-connections`. */
export function loose(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

/** The name of a JSON member in the other of its two usual spellings. */
export const camelCase = (name: string): string =>
  name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** A member's name as it stands in an object: some APIs take `snake_case` as well. */
export const spelledIn = (holder: object, name: string): string =>
  name in holder ? name : (Object.keys(holder).find((own) => camelCase(own) === name) ?? name);

/** characters of a name that is compared with others */
const LONGEST = 500;

/** The most similar name; undefined: none is similar. */
export function nearest(name: string, among: Iterable<string>): string | undefined {
  if (name.length > LONGEST) return undefined;
  const wanted = bare(name);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of among) {
    const other = bare(candidate);
    // Names that differ more in length are no nearer, and a name may be as long as a request.
    if (Math.abs(other.length - wanted.length) >= least) continue;
    const away = distance(wanted, other);
    if (away < least) [best, least] = [candidate, away];
  }
  return best;
}

/** Most names compared, and most characters of each: the name that is looked for comes from outside. */
const COMPARED = 2_000;
const COMPARABLE = 100;

/** Similar names, the nearest first: spelled similarly, containing the name, or with the same beginning. */
export function nearNames(name: string, among: readonly string[], most = 3): string[] {
  const wanted = bare(name);
  if (wanted === '' || wanted.length > COMPARABLE) return [];
  const furthest = Math.max(1, Math.floor(wanted.length / 3));
  const away = (candidate: string): number => {
    const other = bare(candidate);
    if (Math.abs(other.length - wanted.length) <= furthest) {
      const edits = distance(wanted, other);
      if (edits <= furthest) return edits;
    }
    return other.includes(wanted) || beginsLike(wanted, other) ? furthest + 1 : Infinity;
  };
  return among
    .slice(0, COMPARED)
    .map((candidate) => ({ candidate, far: away(candidate) }))
    .filter(({ far }) => far < Infinity)
    .toSorted((one, other) => one.far - other.far)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** The beginning is what names of one family share: `llama3:8b`, `llama3:latest`. */
function beginsLike(wanted: string, other: string): boolean {
  const least = Math.max(3, Math.ceil(wanted.length * 0.6));
  return other.startsWith(wanted.slice(0, least));
}

/** ` (did you mean 'p2c'?)`, or nothing. */
export function suggestion(name: string, among: Iterable<string>): string {
  const meant = nearest(name, among);
  return meant === undefined ? '' : ` (did you mean '${meant}'?)`;
}

/** Most names that are listed beside one that was probably meant. */
const BESIDE = 20;

/** ` (did you mean 'p2c'?); allowed: 'p2c', 'random'`. A long list hides the name that was meant, so it is left out then. */
export function choice(
  name: string,
  among: readonly string[],
  { word = 'allowed', further = '' }: { readonly word?: string; readonly further?: string } = {},
): string {
  const meant = suggestion(name, among);
  const isEnough = meant !== '' && among.length > BESIDE;
  return isEnough ? meant : `${meant}; ${word}: ${listed(among)}${further}`;
}

/** Most names in one list. */
const LISTED = 100;

/** `'a', 'b'`, or 'none'. */
export function listed(names: Iterable<string>): string {
  const all = [...names].map((name) => `'${name}'`);
  if (all.length > LISTED) all.splice(LISTED, Infinity, `and ${all.length - LISTED} more`);
  return all.join(', ') || 'none';
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** Edits, a swap of two neighbours counting as one (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let least = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) least = Math.min(least, before[column - 2]! + 1);
      current.push(least);
    }
    [before, last] = [last, current];
  }
  return last[b.length]!;
}

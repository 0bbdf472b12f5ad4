import type { Rewrite } from '../../kits/feature-kit/index.ts';
import { beforeEscape, foundIn, type Finder } from './finder.ts';

/** Characters in which a match may begin that has not ended yet. */
const LOOK_AHEAD = 4_096;
/** characters of the longest placeholder: `[NAME_123]` */
const LONGEST_NAME = 50;

/**
 * Redacts the texts of an answer, and restores the texts that were redacted in its request. A possible beginning of either
 * is held until more has come.
 * @param back by their names
 */
export function rewriteOf(finders: readonly Finder[], back: ReadonlyMap<string, string>): Rewrite {
  const names = /\[[A-Z]\w{0,31}_\d{1,9}\]/g;
  const restored = (text: string, isJson: boolean): string => {
    if (back.size === 0 || !text.includes('[')) return text;
    return text.replace(names, (name) => {
      const own = back.get(name);
      if (own === undefined) return name;
      return isJson ? JSON.stringify(own).slice(1, -1) : own;
    });
  };
  return (text, { isEnd, isJson }) => {
    const all = foundIn(text, finders, isJson);
    const end = isEnd ? text.length : endOfSafe(text, finders, all, back.size > 0);
    const safe = all.filter((found) => found.end <= end);
    let [out, at] = ['', 0];
    for (const found of safe) {
      out += restored(text.slice(at, found.start), isJson) + `[${found.name}]`;
      at = found.end;
    }
    return { text: out + restored(text.slice(at, end), isJson), held: text.length - end };
  };
}

/** The end of the text that later pieces cannot change. */
function endOfSafe(
  text: string,
  finders: readonly Finder[],
  all: readonly { readonly start: number; readonly end: number }[],
  restores: boolean,
): number {
  const from = Math.max(0, text.length - LOOK_AHEAD);
  let end = text.length;
  for (const { beginnings } of finders) end = Math.min(end, beginnings.first(text, from));
  if (restores) {
    const open = text.lastIndexOf('[');
    const isOpen = open >= text.length - LONGEST_NAME && !text.includes(']', open);
    if (open !== -1 && isOpen) end = Math.min(end, open);
  }
  // A word that is cut would seem to begin there.
  if (isWord(text.charCodeAt(end))) while (end > from && isWord(text.charCodeAt(end - 1))) end--;
  // A match is taken out whole, and one at the very end may go on.
  for (const found of all.toReversed())
    if (found.end > end || (found.end === text.length && (from === 0 || found.start > from)))
      end = Math.min(end, found.start);
  return beforeEscape(text, end);
}

const isWord = (code: number): boolean => /\w/.test(String.fromCharCode(code));

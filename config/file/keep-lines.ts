import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';

/**
 * A writer of YAML sets the blanks of a whole file in one way. Here lines that say what they said stay as they were, and
 * the brackets of the others stand as the file's own do.
 */
export function keepLines(text: string, rendered: string): string {
  const before = Map.groupBy(text.split('\n'), squeezed);
  const isTight = /\[[^\s\]]/.test(text) && !/\[ /.test(text);
  const lines = rendered
    .split('\n')
    .map((line) => before.get(squeezed(line))?.shift() ?? (isTight ? tightened(line) : line))
    .join('\n');
  return saysTheSame(lines, rendered) ? lines : rendered;
}

/** Its indentation and its letters, without the blanks among them. */
const squeezed = (line: string): string => `${/^ */.exec(line)![0].length}:${line.replaceAll(/\s/g, '')}`;

const tightened = (line: string): string => line.replaceAll(/\[ | \]/g, (bracket) => bracket.trim());

/** Blanks mean something inside of a text. */
const saysTheSame = (one: string, other: string): boolean =>
  isDeepStrictEqual(parse(one, { merge: true }), parse(other, { merge: true }));

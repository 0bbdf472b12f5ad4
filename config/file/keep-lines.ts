import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';

/**
 * A YAML writer formats the blanks of a whole file in one way. Here lines with unchanged content keep their text, and
 * the brackets of the others follow the file's own style.
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

/** A line's indentation and its characters, without the blanks among them. */
const squeezed = (line: string): string => `${/^ */.exec(line)![0].length}:${line.replaceAll(/\s/g, '')}`;

const tightened = (line: string): string => line.replaceAll(/\[ | \]/g, (bracket) => bracket.trim());

/** Blanks inside a text are content. */
const saysTheSame = (one: string, other: string): boolean =>
  isDeepStrictEqual(parse(one, { merge: true }), parse(other, { merge: true }));

import { dataLines } from '../../../../kits/dialect-kit/data-lines.ts';

const BACKSLASH = 0x5c;
const TYPE = '"response.';
/** the beginnings of completed, incomplete, failed */
const ENDS = ['com', 'inc', 'fai'];

/**
 * The number of these events, where all have the Responses API's own types and none of them is an end or an error: an error
 * has no such type, or its type is `failed`. Inside JSON a quote is escaped; a text that is nothing but such a type costs a
 * parse.
 * @returns -1 where one is an end, an error, or unclear
 */
export const responsesQuiet = (events: string): number => dataLines(events, goesOn);

function goesOn(events: string, start: number, end: number): boolean {
  let typed = false;
  for (let at = events.indexOf(TYPE, start); at !== -1 && at < end; at = events.indexOf(TYPE, at + 1)) {
    if (events.charCodeAt(at - 1) === BACKSLASH) continue;
    const name = at + TYPE.length;
    if (name + 3 > end || ENDS.some((ending) => events.startsWith(ending, name))) return false;
    typed = true;
  }
  return typed;
}

import { dataLines } from './data-lines.ts';

const BACKSLASH = 0x5c;
const TYPE = Buffer.from('"response.');
/** completed, incomplete, failed: how they begin, as three bytes in one number */
const ENDS = new Set(['com', 'inc', 'fai'].map((text) => Buffer.from(text).readUIntBE(0, 3)));

/**
 * How many these whole events are, where all are of the Responses API's own types, none of which closes the answer: an error has
 * none of them, or says failed. Inside JSON a quote is escaped; a text that is nothing but such a type costs a parse.
 * @returns -1 where one does not
 */
export const responsesQuiet = (events: Buffer): number => dataLines(events, goesOn);

function goesOn(events: Buffer, start: number, end: number): boolean {
  let typed = false;
  for (let at = events.indexOf(TYPE, start); at !== -1 && at < end; at = events.indexOf(TYPE, at + 1)) {
    if (events[at - 1] === BACKSLASH) continue;
    const name = at + TYPE.length;
    if (name + 3 > end || ENDS.has(events.readUIntBE(name, 3))) return false;
    typed = true;
  }
  return typed;
}

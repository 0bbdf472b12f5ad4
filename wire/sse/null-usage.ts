import { LONG } from '../framing/tail.ts';

const USAGE = Buffer.from('"usage"');
/** As nearly all servers write it. */
const PLAIN = Buffer.from(',"usage":null');
/** In JSON a quote inside a text is escaped, so that none can hold this. An event may go on in a `data:` line of its own. */
const NULL = /,(?:[ \t]|\r?\n(?:data:)?)*"usage"[ \t]*:[ \t]*null/g;

/** Whether events name usage: a server that was asked to count writes null in each of its chunks, or in none. */
export const namesUsage = (events: Buffer): boolean => events.indexOf(USAGE) !== -1;

/** The events without `"usage": null`; of a long one only where it names usage once. */
export function withoutNullUsage(events: Buffer): Buffer {
  const at = events.indexOf(PLAIN);
  const after = at + PLAIN.length;
  if (at !== -1 && events.indexOf(USAGE, after) === -1) {
    const rest = Buffer.allocUnsafe(events.length - PLAIN.length);
    events.copy(rest, 0, 0, at);
    events.copy(rest, at, after);
    return rest;
  }
  if (!namesUsage(events) || events.length > LONG) return events;
  // One character a byte: only what is ASCII is looked for.
  return Buffer.from(events.toString('latin1').replace(NULL, ''), 'latin1');
}

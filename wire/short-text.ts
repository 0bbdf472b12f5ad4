/** Most bytes of a body that is handled as text: with it Node sends a head in one piece, and a search takes half the time. */
const SHORT = 16 * 1024;

/** The last one: a body is searched and sent in the same turn, and its text is made once. */
let last: Buffer | undefined;
let text = '';

/**
 * A short body as text of one character a byte; undefined: it is too long.
 * @param body whose bytes do not change any more
 */
export function shortText(body: Buffer): string | undefined {
  if (body.length > SHORT) return undefined;
  if (body !== last) {
    text = body.toString('latin1');
    last = body;
  }
  return text;
}

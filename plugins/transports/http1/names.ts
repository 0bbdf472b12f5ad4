/** Of RFC 9110 §5.6.2: what names of headers and methods are made of. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** So many spellings of so many characters are remembered: the same few come with every message. */
const REMEMBERED = 500;
const LONGEST = 64;

const spellings = new Map<string, string>();

/** A header's name in lower case; undefined when it is none. */
export function headerName(text: string): string | undefined {
  return spellings.get(text) ?? learned(text);
}

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

function learned(text: string): string | undefined {
  if (!TOKEN.test(text)) return undefined;
  const name = text.toLowerCase();
  if (text.length > LONGEST || spellings.size >= REMEMBERED) return name;
  const own = apart(name);
  spellings.set(apart(text), own);
  return own;
}

/** A copy: a part of a text keeps all of that text alive. */
function apart(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** The characters of header names and methods (RFC 9110 §5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** The most spellings that are remembered, and their most characters: every message has the same few. */
const REMEMBERED = 500;
const LONGEST = 64;

const spellings = new Map<string, string>();

/** A header's name in lower case; undefined: it is not a name. */
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

/** A copy, because a substring keeps the whole string in memory. */
function apart(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

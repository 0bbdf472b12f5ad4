const [QUOTE, BACKSLASH, SLASH, LETTER_U] = [0x22, 0x5c, 0x2f, 0x75];
/**
 * Characters that stand for themselves after a backslash: the others are control characters, which no wanted name has.
 */
const ITSELF: readonly number[] = [QUOTE, BACKSLASH, SLASH];
/** A longer name is none that is wanted, however it is escaped. */
const LONGEST_NAME = 254;

/** The wanted name between two quotes; no string is made of unwanted names, which are most. */
export function wantedName(
  json: Buffer,
  from: number,
  end: number,
  wanted: readonly string[],
): string | undefined {
  const length = end - from;
  for (const name of wanted) if (name.length === length && isAt(json, from, name)) return name;
  if (length > LONGEST_NAME || isPlain(json, from, end)) return undefined;
  return wanted.find((name) => saysName(json, from, end, name));
}

/** Whether the bytes from there on equal this ASCII text. */
function isAt(json: Buffer, from: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (json[from + index] !== code || code > 0x7f) return false;
  }
  return true;
}

/** Whether bytes are plain: no escapes, and ASCII only. */
function isPlain(json: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if (json[at] === BACKSLASH || (json[at] as number) > 0x7f) return false;
  return true;
}

/** Whether a name with escapes or non-ASCII characters is that one. */
function saysName(json: Buffer, from: number, end: number, name: string): boolean {
  let at = from;
  for (let index = 0; index < name.length && at < end; index++) {
    if (name.charCodeAt(index) > 0x7f) return decoded(json, from, end) === name;
    let code = json[at++] as number;
    if (code === BACKSLASH && json[at] === LETTER_U) {
      code = hexAt(json, at + 1);
      at += 5;
    } else if (code === BACKSLASH) {
      code = json[at++] as number;
      if (!ITSELF.includes(code)) return false;
    }
    if (code !== name.charCodeAt(index)) return false;
    if (index === name.length - 1) return at === end;
  }
  return false;
}

function decoded(json: Buffer, from: number, end: number): unknown {
  try {
    return JSON.parse(json.toString('utf8', from - 1, end + 1));
  } catch {
    return undefined;
  }
}

/** Four digits, as they follow `\u`. */
function hexAt(json: Buffer, from: number): number {
  let value = 0;
  for (let at = from; at < from + 4; at++) {
    const byte = json[at] as number;
    const digit = byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57;
    if (digit < 0 || digit > 15) return -1;
    value = value * 16 + digit;
  }
  return value;
}

type Chance = (below: number) => number;

/** What decides something somewhere in HTTP. */
const PIECES = [
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\n\n',
  '\0',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '0',
  '1',
  'f',
  '-',
  '+',
  '0\r\n\r\n',
  '\x7f',
  '\xff',
  'content-length: 3\r\n',
  'content-length: 4\r\n',
  'transfer-encoding: chunked\r\n',
  'Transfer-Encoding : chunked\r\n',
  'transfer-encoding: identity\r\n',
  'connection: close\r\n',
  ' folded\r\n',
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.1 102 X\r\n\r\n',
];

/** Bytes with one to three changes in them. */
export function mutated(bytes: string, chance: Chance): string {
  let changed = bytes;
  for (let changes = 1 + chance(3); changes > 0; changes--) changed = once(changed, chance);
  return changed;
}

function once(bytes: string, chance: Chance): string {
  const at = chance(bytes.length + 1);
  const to = Math.min(bytes.length, at + 1 + chance(6));
  const [before, part, after] = [bytes.slice(0, at), bytes.slice(at, to), bytes.slice(to)];
  switch (chance(6)) {
    case 0:
      return before + after;
    case 1:
      return before + part + part + after;
    case 2:
      return before + String.fromCharCode(chance(256)) + bytes.slice(at + 1);
    case 3:
      return before;
    case 4:
      return lineEnd(bytes, chance);
    default:
      return before + (PIECES[chance(PIECES.length)] as string) + bytes.slice(at);
  }
}

/** Something is put where a line ends, which is where it matters most. */
function lineEnd(bytes: string, chance: Chance): string {
  const ends = [...bytes.matchAll(/\r\n/g)].map(({ index }) => index + 2);
  const at = ends[chance(ends.length || 1)] ?? 0;
  return bytes.slice(0, at) + (PIECES[chance(PIECES.length)] as string) + bytes.slice(at);
}

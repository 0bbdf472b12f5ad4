import { members, skipSpace } from './json-members.ts';

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];

/** A JSON object without a member, wherever it stands; every other byte stays as it was written. */
export function removeMember(json: Buffer, name: string): Buffer {
  let left = json;
  // A name may stand there twice.
  for (;;) {
    const span = members(left, [name])?.spans.get(name);
    if (!span) return left;
    const start = nameBefore(left, span.start);
    const next = skipSpace(left, span.end);
    const before = skipSpaceBack(left, start - 1);
    const from = left[next] === COMMA || left[before] !== COMMA ? start : before;
    left = Buffer.concat([left.subarray(0, from), left.subarray(left[next] === COMMA ? next + 1 : span.end)]);
  }
}

/** Where the name of a value begins, with its quote. */
function nameBefore(json: Buffer, value: number): number {
  let at = skipSpaceBack(json, value - 1);
  if (json[at] === COLON) at = skipSpaceBack(json, at - 1);
  do at -= 1;
  while (json[at] !== QUOTE || isEscaped(json, at));
  return at;
}

function isEscaped(json: Buffer, quote: number): boolean {
  let at = quote - 1;
  while (json[at] === BACKSLASH) at -= 1;
  return (quote - 1 - at) % 2 === 1;
}

function skipSpaceBack(json: Buffer, from: number): number {
  let at = from;
  while (json[at] === 0x20 || json[at] === 0x0a || json[at] === 0x0d || json[at] === 0x09) at -= 1;
  return at;
}

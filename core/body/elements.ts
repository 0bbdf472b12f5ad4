import { skipSpace, valueEnd, type Span } from './members.ts';

/** Where the first elements of the JSON array that begins at `start` stand; none where it is no array. */
export function elements(json: Buffer, start: number, most: number): Span[] {
  const found: Span[] = [];
  if (json[start] !== 0x5b) return found;
  let at = skipSpace(json, start + 1);
  while (found.length < most) {
    const end = valueEnd(json, at);
    if (end < 0) break;
    found.push({ start: at, end });
    at = skipSpace(json, end);
    if (json[at] !== 0x2c) break;
    at = skipSpace(json, at + 1);
  }
  return found;
}

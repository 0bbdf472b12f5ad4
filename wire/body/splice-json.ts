import type { Members, Pieces } from '../../core/contracts/index.ts';
import { members } from './json-members.ts';
import { joined } from './pieces.ts';

/**
 * Sets members of a JSON object by replacing just their bytes, or inserting them in front where they are absent.
 * Everything else, numbers and order and unknown members included, stays as it was written.
 */
export function splice(json: Buffer, changes: Readonly<Record<string, unknown>>): Buffer {
  return joined(spliced(json, changes, members(json, Object.keys(changes))));
}

/** The same for an object that was already walked, in pieces. A value that is a buffer is JSON already. */
export function spliced(
  json: Buffer,
  changes: Readonly<Record<string, unknown>>,
  found: Members | undefined,
): Pieces {
  const names = Object.keys(changes);
  if (names.length === 0) return [json];
  if (!found) throw new TypeError('only a JSON object can be spliced');
  const added: string[] = [];
  const replaced: { start: number; end: number; text: Buffer }[] = [];
  for (const name of names) {
    const value = changes[name];
    const text = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value));
    const span = found.spans.get(name);
    if (span) replaced.push({ start: span.start, end: span.end, text });
    else added.push(`${JSON.stringify(name)}:${text.toString()}`);
  }
  replaced.sort((a, b) => a.start - b.start);
  const parts: Buffer[] = [json.subarray(0, found.inside)];
  if (added.length > 0) parts.push(Buffer.from(added.join(',') + (found.empty ? '' : ',')));
  let at = found.inside;
  for (const { start, end, text } of replaced) {
    parts.push(json.subarray(at, start), text);
    at = end;
  }
  parts.push(json.subarray(at));
  return parts;
}

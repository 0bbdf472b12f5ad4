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

/** The same for an object that was already walked, in pieces. */
export function spliced(
  json: Buffer,
  changes: Readonly<Record<string, unknown>>,
  found: Members | undefined,
): Pieces {
  const names = Object.keys(changes);
  if (names.length === 0) return [json];
  if (!found) throw new TypeError('only a JSON object can be spliced');
  const added: string[] = [];
  const replaced: { start: number; end: number; text: string }[] = [];
  for (const name of names) {
    const text = JSON.stringify(changes[name]);
    const span = found.spans.get(name);
    if (span) replaced.push({ start: span.start, end: span.end, text });
    else added.push(`${JSON.stringify(name)}:${text}`);
  }
  replaced.sort((a, b) => a.start - b.start);
  const parts: Buffer[] = [json.subarray(0, found.inside)];
  if (added.length > 0) parts.push(Buffer.from(added.join(',') + (found.empty ? '' : ',')));
  let at = found.inside;
  for (const { start, end, text } of replaced) {
    parts.push(json.subarray(at, start), Buffer.from(text));
    at = end;
  }
  parts.push(json.subarray(at));
  return parts;
}

import { membersAt, membersOf, scalarAt, skipSpace } from '../../../wire/body/json-members.ts';
import type { Call } from '../../../core/contracts/index.ts';
import { hash, hashBytes } from './hash.ts';

const WANTED = ['prompt_cache_key', 'user', 'messages', 'input'];
const ROLE = ['role'];
/** Most messages, and most of their bytes, that are read from the beginning. */
const FIRST = 4;
const LOOKED_AT = 1024 * 1024;

/**
 * A number for what stays the same in all requests of a conversation; undefined where nothing does.
 * @param names of headers, in lower case
 */
export function conversationOf(call: Call, names: readonly string[]): number | undefined {
  const { headers, raw, format } = call;
  for (const name of names) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '') return hash(value);
  }
  const spans = format === 'json' ? membersOf(call, WANTED)?.spans : undefined;
  if (!spans) return undefined;
  for (const name of ['prompt_cache_key', 'user']) {
    const value = scalarAt(raw, spans.get(name));
    if (typeof value === 'string' && value !== '') return hash(value);
  }
  const messages = spans.get('messages') ?? spans.get('input');
  return messages && beginning(raw, messages.start);
}

/** Its messages up to the first one of the user: the assistant's answer, and what follows it, is new each time. */
function beginning(raw: Buffer, start: number): number | undefined {
  if (raw[start] !== 0x5b) return undefined;
  const seen = raw.subarray(0, start + LOOKED_AT);
  let point: number | undefined;
  let at = skipSpace(seen, start + 1);
  for (let nth = 0; nth < FIRST && at < seen.length && seen[at] !== 0x5d; nth++) {
    const message = membersAt(seen, at, ROLE);
    // A message that is no map, or that goes past the read limit, is the last.
    point = hashBytes(seen, at, message?.end ?? seen.length, point);
    if (!message || scalarAt(seen, message.spans.get('role')) === 'user') break;
    at = skipSpace(seen, message.end);
    if (seen[at] !== 0x2c) break;
    at = skipSpace(seen, at + 1);
  }
  return point;
}

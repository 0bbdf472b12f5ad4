import { isAt, members, membersAt, skipSpace, valueAt, valueEnd } from '../../../core/body/members.ts';
import type { Call } from '../../../core/contracts.ts';
import { hash, hashBytes } from './hash.ts';

const WANTED = ['prompt_cache_key', 'user', 'messages', 'input'];
const ROLE = ['role'];
const USER = '"user"';
/** So many messages at its beginning are looked at. */
const FIRST = 4;

/**
 * A number for what stays the same in all requests of a conversation; undefined where nothing does.
 * @param names of headers, in lower case
 */
export function conversationOf({ headers, raw, format }: Call, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '') return hash(value);
  }
  const spans = format === 'json' ? members(raw, WANTED)?.spans : undefined;
  if (!spans) return undefined;
  for (const name of ['prompt_cache_key', 'user']) {
    const value = valueAt(raw, spans.get(name));
    if (typeof value === 'string' && value !== '') return hash(value);
  }
  const messages = spans.get('messages') ?? spans.get('input');
  return messages && beginning(raw, messages.start);
}

/** Of its messages up to the first of the user's: an assistant's answer, and what follows it, is new each time. */
function beginning(raw: Buffer, start: number): number | undefined {
  if (raw[start] !== 0x5b) return undefined;
  let point: number | undefined;
  let at = skipSpace(raw, start + 1);
  for (let nth = 0; nth < FIRST; nth++) {
    const message = membersAt(raw, at, ROLE);
    const end = message?.end ?? valueEnd(raw, at);
    if (end < 0) break;
    point = hashBytes(raw, at, end, point);
    const role = message?.spans.get('role');
    if (role && role.end - role.start === USER.length && isAt(raw, role.start, USER)) break;
    at = skipSpace(raw, end);
    if (raw[at] !== 0x2c) break;
    at = skipSpace(raw, at + 1);
  }
  return point;
}

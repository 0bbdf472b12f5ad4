import { elements } from '../../../core/body/elements.ts';
import { members, valueAt } from '../../../core/body/members.ts';
import type { Call } from '../../../core/contracts.ts';

const WANTED = new Set(['prompt_cache_key', 'user', 'messages', 'input']);
const ROLE = new Set(['role']);
/** So many messages at its beginning are looked at, and so many bytes of each. */
const FIRST = 4;
const LONGEST = 4_096;

/** What stays the same in all requests of a conversation; undefined where nothing does. */
export function conversationOf({ headers, raw, format }: Call, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = headers[name.toLowerCase()];
    if (typeof value === 'string' && value !== '') return value;
  }
  const spans = format === 'json' ? members(raw, WANTED)?.spans : undefined;
  if (!spans) return undefined;
  for (const name of ['prompt_cache_key', 'user']) {
    const value = valueAt(raw, spans.get(name));
    if (typeof value === 'string' && value !== '') return value;
  }
  const messages = spans.get('messages') ?? spans.get('input');
  return messages && beginning(raw, messages.start);
}

/** Its messages up to the first of the user's: an assistant's answer, and what follows it, is new each time. */
function beginning(raw: Buffer, start: number): string | undefined {
  let text = '';
  for (const span of elements(raw, start, FIRST)) {
    text += raw.toString('utf8', span.start, Math.min(span.end, span.start + LONGEST));
    const message = raw.subarray(span.start, span.end);
    if (valueAt(message, members(message, ROLE)?.spans.get('role')) === 'user') break;
  }
  return text === '' ? undefined : text;
}

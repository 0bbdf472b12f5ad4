import type { Call } from '../../core/contracts/index.ts';
import { membersOf, skipSpace } from '../../wire/body/json-members.ts';
import { parseExact, type Json } from './json.ts';

/** A system prompt as the first of the messages; the bytes behind it stay what they are. */
export function promptAsMessage(call: Call, text: string): Json | undefined {
  const span = membersOf(call, ['messages'])?.spans.get('messages');
  if (!span || call.raw[span.start] !== 0x5b) return undefined;
  const first = JSON.stringify({ role: 'system', content: text });
  const behind = skipSpace(call.raw, span.start + 1);
  const isAlone = call.raw[behind] === 0x5d;
  return {
    messages: Buffer.concat([
      Buffer.from(`[${first}${isAlone ? '' : ','}`),
      call.raw.subarray(behind, span.end),
    ]),
  };
}

/** A system prompt before that of a member of its own: a text, or a list. @param part of an API that takes only lists */
export const promptAsMember =
  (name: string, part?: (text: string) => Json) =>
  (call: Call, text: string): Json => {
    const span = membersOf(call, [name])?.spans.get(name);
    const own = span && parseExact(call.raw.toString('utf8', span.start, span.end));
    if (Array.isArray(own) || part)
      return {
        [name]: [part?.(text) ?? { type: 'text', text }, ...(Array.isArray(own) ? (own as unknown[]) : [])],
      };
    return { [name]: typeof own === 'string' && own !== '' ? `${text}\n\n${own}` : text };
  };

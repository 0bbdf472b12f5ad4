import type { Call } from '../../core/contracts/index.ts';
import { skipSpace } from '../../wire/body/json-members.ts';
import type { Json } from './json.ts';
import { memberAsSent } from './member-as-sent.ts';

const [QUOTE, OPEN_LIST, CLOSE_LIST] = [0x22, 0x5b, 0x5d];

/** A system prompt as the first of the messages; the bytes behind it stay what they are. */
export function promptAsMessage(call: Call, text: string): Json | undefined {
  const messages = listWithFirst(memberAsSent(call, 'messages'), { role: 'system', content: text });
  return messages && { messages };
}

/** A system prompt before that of a member of its own: a text, or a list. */
export const promptAsMember =
  (name: string) =>
  (call: Call, text: string): Json => {
    const own = memberAsSent(call, name);
    return { [name]: listWithFirst(own, { type: 'text', text }) ?? textWithFirst(own, text) ?? text };
  };

/** A list as it was written, with another item in front; undefined: it is no list. */
export function listWithFirst(list: Buffer, item: Json): Buffer | undefined {
  if (list[0] !== OPEN_LIST) return undefined;
  const next = skipSpace(list, 1);
  const comma = list[next] === CLOSE_LIST ? '' : ',';
  return Buffer.concat([Buffer.from(`[${JSON.stringify(item)}${comma}`), list.subarray(next)]);
}

/** A text as it was written, with another in front; undefined: it is none, or empty. */
function textWithFirst(own: Buffer, text: string): Buffer | undefined {
  if (own[0] !== QUOTE || own.length <= 2) return undefined;
  const before = JSON.stringify(`${text}\n\n`);
  return Buffer.concat([Buffer.from(before.slice(0, -1)), own.subarray(1)]);
}

import { createHash } from 'node:crypto';
import type { Call } from '../../../../../core/contracts/index.ts';
import { objectsOf, stringOf, type Json } from '../../../../../kits/dialect-kit/json.ts';
import { membersOf, skipSpace } from '../../../../../wire/body/json-members.ts';
import { rowOf } from '../../../../../wire/row-of.ts';

/** An input as items. */
export function itemsIn(input: unknown): Json[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  return objectsOf(input);
}

/** Items of a conversation as unparsed JSON with commas between them: an input may be long. */
export type Items = Buffer;

const INPUT = ['input'];
const [QUOTE, OPEN_LIST] = [0x22, 0x5b];
const NONE: Items = Buffer.alloc(0);

/** The items of a request's input; a text becomes one message. */
export function writtenItemsOf(call: Pick<Call, 'raw' | 'members'>): Items {
  const { start, end } = membersOf(call, INPUT)?.spans.get('input') ?? { start: 0, end: 0 };
  const input = call.raw.subarray(start, end);
  if (input[0] !== QUOTE) return writtenIn(input);
  return Buffer.concat([Buffer.from('{"role":"user","content":'), input, Buffer.from('}')]);
}

/** The items of a list; none where it is not a list. */
export const writtenIn = (list: Buffer): Items =>
  list[0] === OPEN_LIST ? list.subarray(skipSpace(list, 1), -1) : NONE;

const COMMA = Buffer.from(',');

/** One list of them all. */
export function listOf(all: readonly Items[]): Buffer {
  const pieces = all.filter(({ length }) => length > 0).flatMap((items) => [COMMA, items]);
  return Buffer.concat([Buffer.from('['), ...pieces.slice(1), Buffer.from(']')]);
}

/** The same as `GET /input_items` lists them, each with an id; a message's text is a part. @param of the response */
export const listedItems = (items: readonly Json[], of: string): Json[] =>
  items.map((item, nth) => {
    const { type = 'message' } = item;
    const id = stringOf(item.id) || `${rowOf(PREFIXES, stringOf(type)) ?? 'item'}_${hash(`${of} ${nth}`)}`;
    if (type !== 'message') return { ...item, id };
    const kind = item.role === 'assistant' ? 'output_text' : 'input_text';
    const own = kind === 'output_text' ? { annotations: [], logprobs: [] } : {};
    const { content } = item;
    const parts = typeof content === 'string' ? [{ type: kind, text: content, ...own }] : content;
    return { status: 'completed', ...item, type, id, content: parts };
  });

const PREFIXES: Readonly<Record<string, string>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  function_call_output: 'fco',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'cto',
};

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 36);

/** The response in whose output an item stands, by the item's id; undefined: it is not of this gateway. */
export function responseOf(item: string): string | undefined {
  const [, base] = /^[a-z]+_([0-9a-f]{32})[0-9a-f]{4}$/.exec(item) ?? [];
  return base === undefined ? undefined : `resp_${base}`;
}

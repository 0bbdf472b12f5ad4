import { createHash } from 'node:crypto';
import { isObject, objectsOf, stringOf, type Json } from '../../../../../kits/dialect-kit/json.ts';

/** An input as items. */
export function itemsIn(input: unknown): Json[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  return objectsOf(input);
}

/** The same as `GET /input_items` lists them, each with an id; a message's text is a part. @param of the response */
export const listedItems = (items: readonly Json[], of: string): Json[] =>
  items.map((item, nth) => {
    const { type = 'message' } = item;
    const id = stringOf(item.id) || `${PREFIXES[stringOf(type)] ?? 'item'}_${hash(`${of} ${nth}`)}`;
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

/** The response in whose output an item stands, by the item's id; undefined: it was not made here. */
export function responseOf(item: string): string | undefined {
  const [, base] = /^[a-z]+_([0-9a-f]{32})[0-9a-f]{4}$/.exec(item) ?? [];
  return base === undefined ? undefined : `resp_${base}`;
}

export const isReference = (item: unknown): item is Json & { id: string } =>
  isObject(item) && item.type === 'item_reference' && typeof item.id === 'string';

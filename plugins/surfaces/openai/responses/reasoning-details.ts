import { objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';

/** The `format` of reasoning in chat that only OpenAI's models can read; as OpenRouter names it. */
const FORMAT = 'openai-responses-v1';

/** A reasoning item as a chat's caller can send it back; none where its server keeps it. */
export function detailsOf({ id, summary, encrypted_content: data }: Json, index: number): Json[] {
  if (stringOf(data) === '') return [];
  const beside = { id, format: FORMAT, index };
  const text = textsOf(summary);
  return [
    ...(text === '' ? [] : [{ type: 'reasoning.summary', summary: text, ...beside }]),
    { type: 'reasoning.encrypted', data, ...beside },
  ];
}

/** The inverse: items. */
export function reasoningItems(details: unknown): Json[] {
  const items = new Map<unknown, Json>();
  for (const detail of objectsOf(details).filter(({ format }) => format === FORMAT)) {
    const { id, summary, data } = detail;
    const item = items.get(id) ?? { type: 'reasoning', id, summary: [] };
    if (typeof summary === 'string') item.summary = [{ type: 'summary_text', text: summary }];
    if (typeof data === 'string') item.encrypted_content = data;
    items.set(id, item);
  }
  return [...items.values()].filter(({ encrypted_content: data }) => data !== undefined);
}

/** Several parts of the reasoning as one text. */
export const textsOf = (parts: unknown): string =>
  objectsOf(parts)
    .map(({ text }) => stringOf(text))
    .join('\n\n');

import { objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';

/**
 * The events in which one output item would have been streamed: added empty, filled, done. Other kinds of items come
 * whole.
 */
export function unfoldItem(item: Json, index: number): Json[] {
  const at = { item_id: stringOf(item.id), output_index: index };
  const [empty, events] = fill(item, at);
  return [
    { type: 'response.output_item.added', output_index: index, item: empty },
    ...events,
    { type: 'response.output_item.done', output_index: index, item },
  ];
}

function fill(item: Json, at: Json): [empty: Json, events: Json[]] {
  switch (item.type) {
    case 'message':
      return [
        { ...item, status: 'in_progress', content: [] },
        objectsOf(item.content).flatMap((part, index) => fillPart(part, { ...at, content_index: index })),
      ];
    case 'reasoning':
      return [
        { ...item, summary: [], ...('content' in item ? { content: [] } : {}) },
        [
          ...objectsOf(item.summary).flatMap((part, index) =>
            fillSummary(part, { ...at, summary_index: index }),
          ),
          ...objectsOf(item.content).flatMap((part, index) =>
            fillReasoning(part, { ...at, content_index: index }),
          ),
        ],
      ];
    case 'function_call':
      return [
        { ...item, status: 'in_progress', arguments: '' },
        [
          { type: 'response.function_call_arguments.delta', ...at, delta: stringOf(item.arguments) },
          {
            type: 'response.function_call_arguments.done',
            ...at,
            name: item.name,
            arguments: stringOf(item.arguments),
          },
        ],
      ];
    case 'custom_tool_call':
      return [
        { ...item, input: '' },
        [
          { type: 'response.custom_tool_call_input.delta', ...at, delta: stringOf(item.input) },
          { type: 'response.custom_tool_call_input.done', ...at, input: stringOf(item.input) },
        ],
      ];
    default:
      return [item, []];
  }
}

function fillPart(part: Json, at: Json): Json[] {
  const isRefusal = part.type === 'refusal';
  const member = isRefusal ? 'refusal' : 'text';
  const text = stringOf(part[member]);
  const logprobs = isRefusal ? {} : { logprobs: part.logprobs ?? [] };
  const kind = isRefusal ? 'response.refusal' : 'response.output_text';
  return [
    {
      type: 'response.content_part.added',
      ...at,
      part: { ...part, [member]: '', ...(isRefusal ? {} : { annotations: [] }) },
    },
    { type: `${kind}.delta`, ...at, delta: text, ...logprobs },
    { type: `${kind}.done`, ...at, [member]: text, ...logprobs },
    { type: 'response.content_part.done', ...at, part },
  ];
}

function fillSummary(part: Json, at: Json): Json[] {
  const text = stringOf(part.text);
  return [
    { type: 'response.reasoning_summary_part.added', ...at, part: { ...part, text: '' } },
    { type: 'response.reasoning_summary_text.delta', ...at, delta: text },
    { type: 'response.reasoning_summary_text.done', ...at, text },
    { type: 'response.reasoning_summary_part.done', ...at, part },
  ];
}

function fillReasoning(part: Json, at: Json): Json[] {
  const text = stringOf(part.text);
  return [
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    { type: 'response.reasoning_text.delta', ...at, delta: text },
    { type: 'response.reasoning_text.done', ...at, text },
    { type: 'response.content_part.done', ...at, part },
  ];
}

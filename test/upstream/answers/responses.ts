import { created, freshId, usage, type Said, type StreamFrame, type Surface } from './answer.ts';
import type { Part } from '../script.ts';

/** POST /responses. Its stream names every event and ends with response.completed or .incomplete, without [DONE]. */
export const responses: Surface = (_asked, said) => {
  const messageId = freshId('msg_');
  const started = response(freshId('resp_'), said);
  const output = said.text.length > 0 ? [item(messageId, 'completed', [textPart(said)])] : [];
  const final = { ...started, ...outcome(said), output, usage: usageOf(said) };
  return { whole: JSON.stringify(final), frames: frames(messageId, started, final, said) };
};

function frames(messageId: string, started: object, final: { status: string }, said: Said): StreamFrame[] {
  const inMessage = { item_id: messageId, output_index: 0, content_index: 0 };
  const text = said.text.join('');
  const begun = { type: 'output_text', text: '', annotations: [], logprobs: [] };
  const message: [Part, string, object][] =
    said.text.length === 0
      ? []
      : [
          [
            'opening',
            'response.output_item.added',
            { output_index: 0, item: item(messageId, 'in_progress', []) },
          ],
          ['opening', 'response.content_part.added', { ...inMessage, part: begun }],
          ...said.text.map((delta): [Part, string, object] => [
            'content',
            'response.output_text.delta',
            { ...inMessage, delta, logprobs: [] },
          ]),
          ['finish', 'response.output_text.done', { ...inMessage, text, logprobs: [] }],
          ['finish', 'response.content_part.done', { ...inMessage, part: textPart(said) }],
          [
            'finish',
            'response.output_item.done',
            { output_index: 0, item: item(messageId, 'completed', [textPart(said)]) },
          ],
        ];
  const events: [Part, string, object][] = [
    ['opening', 'response.created', { response: started }],
    ['opening', 'response.in_progress', { response: started }],
    ...message,
    ['done', `response.${final.status}`, { response: final }],
  ];
  return events.map(([part, type, fields], index) => [
    part,
    { event: type, data: JSON.stringify({ type, ...fields, sequence_number: index }) },
  ]);
}

const textPart = (said: Said) => ({
  type: 'output_text',
  text: said.text.join(''),
  annotations: [],
  logprobs: [],
});

const item = (id: string, status: string, content: readonly unknown[]) => ({
  id,
  type: 'message',
  role: 'assistant',
  status,
  content,
});

function outcome({ finish }: Said) {
  if (finish === 'length')
    return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
  if (finish === 'content_filter')
    return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
  return { status: 'completed', incomplete_details: null };
}

function usageOf(said: Said) {
  const { prompt_tokens: input, completion_tokens: output, total_tokens: total } = usage(said);
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: said.reasoning.length },
    total_tokens: total,
  };
}

/** The object as it stands at the beginning, with every field that OpenAI's description requires. */
function response(id: string, { model }: Said) {
  return {
    id,
    object: 'response',
    created_at: created,
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model,
    output: [],
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
  };
}

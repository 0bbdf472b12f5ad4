import { filled } from './shapes.ts';

/** An answer of an upstream that is unusual to read, though none is too long. */
export interface AnswerShape {
  readonly name: string;
  /** what the client asks for */
  readonly path: string;
  readonly asked: object;
  /** of the answer */
  readonly type: string;
  readonly body: Buffer;
}

/** An API, and an answer of it with a place for a long value. */
interface Api {
  readonly path: string;
  readonly asked: object;
  readonly type: string;
  /** before the long event, or the long answer */
  readonly first?: string;
  readonly before: string;
  readonly after: string;
  readonly last?: string;
}

const JSON_TYPE = 'application/json';
const SSE = 'text/event-stream';
const token = '"token":" the","logprob":-12.345678,"bytes":[32,116,104,101]';
const LOGPROBS = `{${token},"top_logprobs":[${Array(20).fill(`{${token}}`).join()}]},`;

/** Long values: what they begin with, consist of, and end with. */
const VALUES: readonly (readonly [name: string, open: string, part: string, close: string])[] = [
  ['a long text', '"', 'word ', '"'],
  ['numbers', '[', '1,', '1]'],
  ['long numbers', '[', '9007199254740993,', '1]'],
  ['what is no number', '[', 'NaN,', '1]'],
  ['maps', '[', '{},', '1]'],
  ['maps with something in them', '[', '{"a":1},', '1]'],
  ['lists', '[', '[1,2],', '1]'],
  ['texts', '[', '"a",', '1]'],
  ['log probabilities', '{"content":[', LOGPROBS, 'null]}'],
  ['members', '{"a":{"b":{', '"a":1,', '"b":1}}}'],
  ['counts of tokens', '[', '{"usage":{"completion_tokens":1}},', '1]'],
  ['reasons', '[', '{"finish_reason":null},', '1]'],
  ['errors', '[', '{"error":null},', '1]'],
  ['escapes', '"', '\\u0041', '"'],
  ['white space', '[', '   ', '1]'],
];
/** Those that only stand in several lines of one event. */
const LINES: typeof VALUES = [
  ['short lines', '[1', '\ndata:,1', '\ndata: ]'],
  ['lines without data', '[1', '\ndata', '\ndata: ]'],
  ['comments', '[1', '\n:', '\ndata: ]'],
  ['lines of Windows', '[1', '\r\nid', '\r\ndata: ]'],
  ['lines of carriage returns', '[1', '\rdata', '\rdata: ]'],
];

const messages = [{ role: 'user', content: 'hi' }];
const sse = (data: string, event?: string): string =>
  `${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`;
const chunk = (choice: string): string =>
  `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,${choice}`;
const response = (status: string, output: string): string =>
  `{"id":"r","object":"response","created_at":1,"model":"m","status":"${status}","output":[${output}`;

const STREAMS: Readonly<Record<string, Api>> = {
  chat: {
    path: '/v1/chat/completions',
    asked: { model: 'm', messages, stream: true },
    type: SSE,
    first: `${chunk('"delta":{"role":"assistant","content":"hi"},"finish_reason":null')}}]}\n\n`,
    before: chunk('"delta":{"content":"hi"},"logprobs":'),
    after: ',"finish_reason":null}]}\n\n',
    last: `${chunk('"delta":{},"finish_reason":"stop"')}}]}\n\ndata: [DONE]\n\n`,
  },
  responses: {
    path: '/v1/responses',
    asked: { model: 'm', input: 'hi', stream: true },
    type: SSE,
    first: `${sse(`{"type":"response.created","sequence_number":0,"response":${response('in_progress', '')}]}}`)}${sse('{"type":"response.output_text.delta","sequence_number":1,"item_id":"i","output_index":0,"content_index":0,"delta":"hi"}')}`,
    before: `event: response.completed\ndata: {"type":"response.completed","sequence_number":2,"response":${response('completed', '{"id":"i","type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":"hi","annotations":[],"logprobs":')}`,
    after: '}]}],"usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}}}\n\n',
  },
  messages: {
    path: '/v1/messages',
    asked: { model: 'c', max_tokens: 9, messages, stream: true },
    type: SSE,
    first: `${sse('{"type":"message_start","message":{"id":"x","type":"message","role":"assistant","model":"c","content":[],"stop_reason":null,"usage":{"input_tokens":1,"output_tokens":1}}}', 'message_start')}${sse('{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}', 'content_block_start')}`,
    before:
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hi","x":',
    after: '}}\n\n',
    last: `${sse('{"type":"content_block_stop","index":0}', 'content_block_stop')}${sse('{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}', 'message_delta')}${sse('{"type":"message_stop"}', 'message_stop')}`,
  },
  gemini: {
    path: '/v1beta/models/g:streamGenerateContent?alt=sse',
    asked: { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
    type: SSE,
    before:
      'data: {"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"hi"}]},"logprobsResult":',
    after: ',"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1,"totalTokenCount":2}}\n\n',
  },
};
const OLLAMAS: Api = {
  path: '/api/chat',
  asked: { model: 'o', messages, stream: true },
  type: 'application/x-ndjson',
  before:
    '{"model":"o","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"hi"},"logprobs":',
  after: ',"done":false}\n',
  last: '{"model":"o","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","eval_count":1}\n',
};
const WHOLES: Readonly<Record<string, Api>> = {
  chat: {
    path: '/v1/chat/completions',
    asked: { model: 'm', messages },
    type: JSON_TYPE,
    before:
      '{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"logprobs":',
    after: ',"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}',
  },
  embeddings: {
    path: '/v1/embeddings',
    asked: { model: 'm', input: 'hi' },
    type: JSON_TYPE,
    before: '{"object":"list","model":"m","data":[{"object":"embedding","index":0,"embedding":',
    after: '}],"usage":{"prompt_tokens":1,"total_tokens":1}}',
  },
  'an error': {
    path: '/v1/chat/completions',
    asked: { model: 'm', messages },
    type: JSON_TYPE,
    before: '{"error":{"message":"no"},"x":',
    after: '}',
  },
  messages: {
    path: '/v1/messages',
    asked: { model: 'c', max_tokens: 9, messages },
    type: JSON_TYPE,
    before:
      '{"id":"x","type":"message","role":"assistant","model":"c","stop_reason":"end_turn","content":[{"type":"text","text":"hi","x":',
    after: '}],"usage":{"input_tokens":1,"output_tokens":1}}',
  },
};

/**
 * Answers of which one event, or the whole, has `bytes`: of the models `m` (OpenAI's APIs), `c` (Anthropic's), `g`
 * (Gemini's) and `o` (Ollama's).
 */
export function* answerShapes(bytes: number): Generator<AnswerShape> {
  for (const [name, api] of Object.entries(STREAMS))
    for (const value of [...VALUES, ...LINES]) yield shaped(`an event of ${name}`, api, value, bytes);
  for (const value of VALUES) yield shaped('a line of Ollama', OLLAMAS, value, bytes);
  for (const [name, api] of Object.entries(WHOLES))
    for (const value of VALUES) yield shaped(`an answer of ${name}`, api, value, bytes);
}

function shaped(
  kind: string,
  { path, asked, type, first = '', before, after, last = '' }: Api,
  [name, open, part, close]: (typeof VALUES)[number],
  bytes: number,
): AnswerShape {
  const body = filled(`${first}${before}${open}`, part, `${close}${after}${last}`, bytes);
  return { name: `${kind}: ${name}`, path, asked, type, body };
}

/**
 * `CreateChatCompletionResponse` and `CreateChatCompletionStreamResponse` of OpenAI's API description, for a conversation of
 * text. `refusal` and `logprobs` may be missing: many servers leave them out, and clients accept that.
 */

const text = { type: 'string' } as const;
const textOrNull = { type: ['string', 'null'] } as const;
const whole = { type: 'integer' } as const;
const FINISH_REASONS = ['stop', 'length', 'tool_calls', 'content_filter', 'function_call'];

const usage = {
  type: 'object',
  required: ['prompt_tokens', 'completion_tokens', 'total_tokens'],
  properties: { prompt_tokens: whole, completion_tokens: whole, total_tokens: whole },
} as const;

const toolCall = {
  type: 'object',
  required: ['id', 'type', 'function'],
  properties: {
    id: text,
    type: { enum: ['function'] },
    function: {
      type: 'object',
      required: ['name', 'arguments'],
      properties: { name: text, arguments: text },
    },
  },
} as const;

const toolCallChunk = {
  type: 'object',
  required: ['index'],
  properties: {
    index: whole,
    id: text,
    type: { enum: ['function'] },
    function: { type: 'object', properties: { name: text, arguments: text } },
  },
} as const;

const message = {
  type: 'object',
  required: ['role', 'content'],
  properties: {
    role: { enum: ['assistant'] },
    content: textOrNull,
    refusal: textOrNull,
    tool_calls: { type: 'array', items: toolCall },
  },
} as const;

const delta = {
  type: 'object',
  properties: {
    role: { enum: ['developer', 'system', 'user', 'assistant', 'tool'] },
    content: textOrNull,
    refusal: textOrNull,
    tool_calls: { type: 'array', items: toolCallChunk },
  },
} as const;

const head = { id: text, created: whole, model: text, system_fingerprint: text } as const;

export const CHAT_COMPLETION = {
  type: 'object',
  required: ['id', 'object', 'created', 'model', 'choices'],
  properties: {
    ...head,
    object: { enum: ['chat.completion'] },
    choices: {
      type: 'array',
      items: {
        type: 'object',
        required: ['index', 'message', 'finish_reason'],
        properties: { index: whole, message, finish_reason: { enum: FINISH_REASONS } },
      },
    },
    usage,
  },
} as const;

export const CHAT_COMPLETION_CHUNK = {
  type: 'object',
  required: ['id', 'object', 'created', 'model', 'choices'],
  properties: {
    ...head,
    object: { enum: ['chat.completion.chunk'] },
    choices: {
      type: 'array',
      items: {
        type: 'object',
        required: ['index', 'delta', 'finish_reason'],
        properties: { index: whole, delta, finish_reason: { enum: [...FINISH_REASONS, null] } },
      },
    },
    usage: { anyOf: [usage, { type: 'null' }] },
  },
} as const;

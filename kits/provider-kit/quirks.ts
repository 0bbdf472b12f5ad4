/** The option `quirks`, for a provider whose deviations the config describes. */
export const quirksSchema = {
  type: 'object',
  additionalProperties: false,
  description: "Where the provider deviates from OpenAI's API, so that callers do not see it.",
  properties: {
    streams: {
      enum: ['both', 'only', 'never'],
      description: "'only': the provider is always asked for a stream; 'never': never.",
    },
    onLeave: {
      enum: ['abort', 'drain'],
      description:
        "What happens when the caller disconnects: 'abort' ends the upstream request, 'drain' reads the answer to its end.",
    },
    maxTokens: {
      type: 'integer',
      minimum: 1,
      description: 'The largest `max_tokens` that the provider accepts.',
    },
    content: { enum: ['string'], description: "'string': the provider accepts `content` only as a string." },
    reasoning: {
      type: 'array',
      items: { enum: ['think-tags', 'think-each-delta', 'thinking-delta', 'details-tags'] },
      description: 'Where the provider puts its reasoning; it becomes `reasoning_content`.',
    },
    ends: {
      enum: ['reason', 'done'],
      description: 'The only proof that an answer is complete: a `finish_reason`, or `[DONE]`.',
    },
    failureTexts: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      description: 'Beginnings of answers that are errors in disguise.',
    },
    usage: {
      enum: ['invented'],
      description: "'invented': the provider's token counts are made up, and are dropped.",
    },
    streamOptions: {
      type: 'boolean',
      description:
        "false: streams are not asked to count tokens. Otherwise `stream_options.include_usage` is added to each stream's request.",
    },
    retryStatuses: {
      type: 'array',
      items: { type: 'integer', minimum: 400, maximum: 599 },
      description: 'Further response statuses that are retried on another target.',
    },
    tidy: { type: 'boolean', description: "true: answers are put into OpenAI's shape." },
  },
} as const;

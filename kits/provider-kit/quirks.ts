/** For who says in the config how a provider deviates. */
export const quirksSchema = {
  type: 'object',
  additionalProperties: false,
  description: 'How it deviates from the API that it speaks, so that callers need not know.',
  properties: {
    streams: {
      enum: ['both', 'only', 'never'],
      description: "'only': it is asked for a stream even where none is wanted; 'never': for none.",
    },
    onLeave: {
      enum: ['abort', 'drain'],
      description: "What becomes of its work when the caller leaves; 'drain': it is read to its end.",
    },
    maxTokens: { type: 'integer', minimum: 1, description: 'The most tokens it may be asked for.' },
    content: { enum: ['string'], description: 'It takes no lists of text parts, only strings.' },
    reasoning: {
      type: 'array',
      items: { enum: ['think-tags', 'think-each-delta', 'thinking-delta', 'details-tags'] },
      description: 'Where it puts its reasoning, to become `reasoning_content`.',
    },
    ends: {
      enum: ['reason', 'done'],
      description: 'What alone proves an answer complete: a `finish_reason`, or `[DONE]`.',
    },
    failureTexts: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      description: 'How an answer begins that is an error in disguise.',
    },
    usage: { enum: ['invented'], description: 'The tokens that it counts are made up: they are dropped.' },
    streamOptions: {
      type: 'boolean',
      description:
        'false: it is not asked to count the tokens of streams; else `stream_options.include_usage` is added to what a caller asks.',
    },
    retryStatuses: {
      type: 'array',
      items: { type: 'integer', minimum: 400, maximum: 599 },
      description: 'Further statuses that another target may mend.',
    },
    tidy: { type: 'boolean', description: "Its answers are put into the API's own shape." },
  },
} as const;

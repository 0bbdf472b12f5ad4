const clock = (description: string) => ({ format: 'duration', description }) as const;

/** The clocks of a request, for a provider. Core knows what holds where none is set. */
export const providerTimeouts = {
  type: 'object',
  description: 'The timeout of each phase of a request.',
  properties: {
    connect: clock('Until the connection to the upstream is open.'),
    firstByte: clock('From the written request to the response head.'),
    firstContent: clock('From the written request to the first text, reasoning or tool call of a stream.'),
    idle: clock('The longest silence inside a response.'),
    total: clock('The whole request with all its attempts.'),
    queue: clock('Waiting for a free slot at a provider with a concurrency limit.'),
    start: clock('Waiting for a local program that is being fetched or started.'),
  },
} as const;

/** The same words for the gateway and a model, and one about the caller, to whom it does not matter which provider answers. */
export const timeouts = {
  ...providerTimeouts,
  properties: {
    ...providerTimeouts.properties,
    keepalive: {
      ...clock("A stream's caller gets a comment after each silence of this length. 0: never."),
      minimum: 0,
    },
  },
} as const;

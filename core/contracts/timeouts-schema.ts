const clock = (description: string) => ({ format: 'duration', description }) as const;

/** A provider's timeouts. Core has the defaults. */
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

/** The timeouts of the gateway and of a model: the same, and one about the caller, which does not depend on the provider. */
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

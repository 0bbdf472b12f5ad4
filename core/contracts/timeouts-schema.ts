const clock = (description: string) => ({ format: 'duration', description }) as const;

/** The clocks of a request, for a provider. Core knows what holds where none is set. */
export const providerTimeouts = {
  type: 'object',
  description: 'How long each phase may take.',
  properties: {
    connect: clock('Until the connection to the upstream stands.'),
    firstByte: clock('From the request being written until the head of the answer.'),
    firstContent: clock(
      'From the request being written until the first text, reasoning or tool call of a stream.',
    ),
    idle: clock('The longest silence inside an answer.'),
    total: clock('The whole request, every attempt included.'),
    queue: clock('Waiting for a free slot where a provider takes a limited number of requests at once.'),
    start: clock('Waiting for a local process that is being fetched or started.'),
  },
} as const;

/** The same words for the gateway and a model, and one about the caller, to whom it does not matter which provider answers. */
export const timeouts = {
  ...providerTimeouts,
  properties: {
    ...providerTimeouts.properties,
    keepalive: {
      ...clock(
        'After this much silence the caller of a stream is sent a comment, again and again. 0: never.',
      ),
      minimum: 0,
    },
  },
} as const;

import type { OptionsOf } from '../../core/contracts/index.ts';

export type CacheOptions = OptionsOf<typeof options>;

export const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Keeps answers, and sends them again to the same request.',
  properties: {
    enabled: { type: 'boolean', default: false, description: 'true: answers are kept.' },
    store: {
      enum: ['memory', 'disk', 'redis'],
      default: 'memory',
      description:
        'Where: in memory; on disk, in cache.db in `home`, which outlives the gateway; or in the Redis of `shared`, for all gateways together.',
    },
    scope: {
      enum: ['key', 'shared'],
      default: 'key',
      description: 'Which callers get an answer: those with the same key, or all.',
    },
    ttl: { format: 'duration', default: '1h', description: 'How long an answer is sent again.' },
    size: {
      format: 'bytes',
      minimum: 65_536,
      default: '64MiB',
      description: 'Bytes of all answers; the oldest go first.',
    },
    largest: {
      format: 'bytes',
      maximum: 16_777_216,
      default: '1MiB',
      description:
        'Larger requests and answers are not kept, and neither are requests of more than 20,000 values.',
    },
    tools: {
      type: 'boolean',
      default: false,
      description: 'true: also requests with tools whose temperature is not 0.',
    },
  },
} as const;

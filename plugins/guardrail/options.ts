import type { OptionsOf } from '../../core/contracts/index.ts';

export type GuardrailOptions = OptionsOf<typeof options>;

export const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Asks a webhook before each request that names a model.',
  properties: {
    url: {
      type: 'string',
      format: 'secret',
      pattern: '^https?://[^/\\s]+',
      description: 'Gets a POST for each request; none: nothing is asked.',
    },
    secret: {
      type: 'string',
      format: 'secret',
      minLength: 8,
      description:
        'Signs each body: x-switchyard-signature is sha256= and the HMAC-SHA256 of x-switchyard-timestamp, a dot and the body.',
    },
    models: {
      type: 'array',
      minItems: 1,
      default: ['*'],
      items: { type: 'string', minLength: 1 },
      description: 'Names of models that it is asked for; `*` stands for any text.',
    },
    timeout: { format: 'duration', default: '5s', description: 'How long it may take to answer.' },
    onFailure: {
      enum: ['refuse', 'pass'],
      default: 'refuse',
      description: 'What becomes of a request when it does not answer, or not as it should.',
    },
  },
} as const;

import type { OptionsOf } from '../../../../../core/contracts/index.ts';

export type ResponsesOptions = OptionsOf<typeof responsesOptions>;

export const responsesOptions = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description:
    'Keeps responses in responses.db in `home`, for providers that have no Responses API: `previous_response_id`, `GET /v1/responses/{id}`. With `store.use: postgres` gateways share them, and the bounds are of all together.',
  properties: {
    enabled: {
      type: 'boolean',
      default: true,
      description: 'false: nothing is kept, and each request must hold its whole conversation.',
    },
    keep: {
      format: 'duration',
      maximum: 3650 * 86_400_000,
      default: '30d',
      description: 'How long a response is kept.',
    },
    count: {
      type: 'integer',
      minimum: 1,
      default: 20_000,
      description: 'The most responses that are kept; the oldest are deleted first.',
    },
    size: {
      format: 'bytes',
      minimum: 2 ** 20,
      default: '512MiB',
      description:
        'Most bytes of all responses and their conversations, at least 1MiB; the oldest are deleted first.',
    },
  },
} as const;

import type { OptionsOf } from '../../core/contracts/index.ts';

export type HistoryOptions = OptionsOf<typeof options>;

export const options = {
  type: 'object',
  additionalProperties: false,
  description:
    'Keeps requests, provider states and statistics on disk: history.db in `home`. With `store.use: postgres` gateways share the list of requests.',
  properties: {
    enabled: {
      type: 'boolean',
      default: true,
      description: 'false: nothing is written, and only the last hour is known.',
    },
    keep: {
      format: 'duration',
      maximum: 3650 * 86_400_000,
      default: '30d',
      description: 'How long requests and provider states are kept. Statistics always cover 30 days.',
    },
    size: {
      format: 'bytes',
      minimum: 2 ** 20,
      default: '512MiB',
      description:
        'Largest size of the file, at least 1MiB; the oldest requests are deleted first. With `store.use: postgres` also of the requests there, of all gateways together.',
    },
  },
} as const;

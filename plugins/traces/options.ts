import type { OptionsOf } from '../../core/contracts/index.ts';

export type TracesOptions = OptionsOf<typeof options>;

export const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Keeps why each request went where it went.',
  properties: {
    keep: {
      type: 'integer',
      minimum: 0,
      default: 1000,
      description: 'So many of the latest requests are kept in memory.',
    },
    capture: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'Keeps what requests and answers say, in memory only and 64 MiB at most.',
      properties: {
        enabled: { type: 'boolean', default: false, description: 'true: bodies are kept.' },
        limit: { format: 'bytes', default: '64KiB', description: 'The most that is kept of one body.' },
      },
    },
  },
} as const;

import type { OptionsOf } from '../../core/contracts/index.ts';

export type TracesOptions = OptionsOf<typeof options>;

export const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Keeps a trace of each request: the decisions and attempts behind its answer.',
  properties: {
    keep: {
      type: 'integer',
      minimum: 0,
      default: 1000,
      description: 'How many of the latest requests are kept in memory.',
    },
    capture: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'Keeps the bodies of requests and answers, in memory only and 64 MiB at most.',
      properties: {
        enabled: { type: 'boolean', default: false, description: 'true: bodies are kept.' },
        limit: { format: 'bytes', default: '64KiB', description: 'How much of one body is kept.' },
      },
    },
  },
} as const;

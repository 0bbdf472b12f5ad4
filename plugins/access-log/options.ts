import type { OptionsOf } from '../../core/contracts/index.ts';

export type AccessLogOptions = OptionsOf<typeof options>;

/** Members of a line that may be left out for privacy. */
const REDACTABLE = ['key', 'from', 'model', 'path', 'error'] as const;

export const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Writes one line of JSON for each request, without what was asked or answered.',
  properties: {
    enabled: { type: 'boolean', default: false, description: 'true: lines are written.' },
    file: {
      type: 'string',
      format: 'path',
      minLength: 1,
      examples: ['./access.log', '/var/log/switchyard/access.log'],
      description: 'The file that they are appended to. Default: standard output.',
    },
    rotate: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'When the file is renamed to FILE.1, and older ones to FILE.2 and so on.',
      properties: {
        size: {
          format: 'bytes',
          minimum: 0,
          default: '100MiB',
          description: 'The largest size of the file; 0: any, for a logrotate that does it.',
        },
        every: {
          format: 'duration',
          minimum: 0,
          default: '1d',
          description:
            "The longest time in one file, counted in UTC: '1d' begins another at midnight; 0: any.",
        },
        keep: {
          type: 'integer',
          minimum: 0,
          default: 14,
          description: 'How many older files are kept.',
        },
      },
    },
    redact: {
      type: 'array',
      default: [],
      description: "What is written as '[redacted]', also where the text of an error repeats it.",
      items: {
        type: 'string',
        enum: REDACTABLE,
        description:
          'The name of a key, the address of a caller, a model (with its route and target), a path, or the text of an error.',
      },
    },
  },
} as const;

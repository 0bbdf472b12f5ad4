import type { OptionsOf } from '../../core/contracts/index.ts';
import { KNOWN, type KnownName } from './known.ts';

export type RedactOptions = OptionsOf<typeof options>;

export const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Takes secrets and personal data out of requests, and out of the texts of answers.',
  properties: {
    find: {
      type: 'array',
      default: [],
      items: { enum: Object.keys(KNOWN) as KnownName[] },
      description: 'What is found: kinds that have a name.',
    },
    patterns: {
      type: 'object',
      default: {},
      propertyNames: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_]{0,30}$' },
      additionalProperties: { type: 'string', minLength: 1 },
      description:
        'Regular expressions of JavaScript, by the name that stands in the place of what they find; a dollar sign is written $$.',
    },
    requests: { type: 'boolean', default: true, description: 'Requests are changed.' },
    answers: { type: 'boolean', default: true, description: 'Texts of answers are changed.' },
    restore: {
      type: 'boolean',
      default: true,
      description: 'What was taken out of a request is put back where its answer repeats the name.',
    },
  },
} as const;

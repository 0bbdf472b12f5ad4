import { DIMENSIONS } from './limits.ts';

const perSpan = <Amount extends object>(description: string, amount: Amount) =>
  ({
    type: 'object',
    additionalProperties: false,
    description,
    properties: {
      minute: { ...amount, description: 'In a minute.' },
      hour: { ...amount, description: 'In an hour.' },
      day: { ...amount, description: 'In a day of UTC.' },
      month: { ...amount, description: 'In a month of UTC.' },
      total: { ...amount, description: 'In all, without a period.' },
    },
  }) as const;

const whole = { type: 'integer', minimum: 0 } as const;
const money = { type: 'number', minimum: 0, maximum: 1_000_000 } as const;

const patterns = (of: string) =>
  ({
    anyOf: [
      { type: 'string', minLength: 1 },
      { type: 'array', minItems: 1, items: { type: 'string', minLength: 1 } },
    ],
    description: `Only for these ${of}; * stands for any text.`,
  }) as const;

/** The schema of one entry of `auth.limits`. */
export const limitOption = {
  type: 'object',
  additionalProperties: false,
  description: 'What is absent is not limited, and 0 is a limit.',
  properties: {
    per: {
      type: 'array',
      default: [],
      items: { type: 'string', enum: DIMENSIONS },
      description:
        'What is counted apart: each key, owner, label, model or provider has the limit for itself. Empty: all requests share it.',
    },
    where: {
      type: 'object',
      default: {},
      additionalProperties: false,
      description: 'Only requests of these count.',
      properties: {
        key: patterns('names of keys'),
        owner: patterns('owners'),
        label: patterns('labels'),
        model: patterns("models, by the name that is asked for or the provider's own"),
        provider: patterns('providers'),
      },
    },
    requests: perSpan('The most requests.', whole),
    tokens: perSpan('The most tokens, of requests and answers.', whole),
    dollars: perSpan('The most money, in US dollars. What costs nothing goes on when it is spent.', money),
    concurrency: { ...whole, description: 'The most requests at once.' },
    unknownPrice: {
      type: 'string',
      enum: ['pass', 'refuse'],
      default: 'pass',
      description: 'What becomes of requests whose price is not known, where dollars are limited.',
    },
  },
} as const;

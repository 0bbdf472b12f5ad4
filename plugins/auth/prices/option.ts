const dollars = (description: string) => ({ type: 'number', minimum: 0, description }) as const;

const cached = dollars(
  'For a million input tokens that a cache of the provider had; as other input where it is absent.',
);
const cacheWritten = dollars(
  'For a million input tokens that were written into it; as other input where it is absent.',
);
const input = dollars('For a million input tokens.');
const output = dollars('For a million output tokens.');

/** The schema of one entry of `auth.prices`. */
export const priceOption = {
  type: 'object',
  required: ['input', 'output'],
  additionalProperties: false,
  properties: {
    input,
    output,
    cached,
    cacheWritten,
    request: dollars('For each request, beside its tokens.'),
    tiers: {
      type: 'array',
      description: 'Other prices for all of a request that is longer.',
      items: {
        type: 'object',
        required: ['above'],
        additionalProperties: false,
        properties: {
          above: {
            type: 'integer',
            minimum: 0,
            description: 'For requests with more input tokens than this.',
          },
          input,
          output,
          cached,
          cacheWritten,
        },
      },
    },
    from: {
      type: 'string',
      pattern: String.raw`^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$`,
      description: 'The first day of UTC on which it holds, as 2027-01-31; where several do, the latest.',
    },
    tier: {
      type: 'string',
      minLength: 1,
      description: 'Only for requests that ask for this service_tier, such as flex or priority.',
    },
  },
} as const;

import type { OptionsOf } from '../../core/contracts/index.ts';

const dollars = (description: string) => ({ type: 'number', minimum: 0, description }) as const;

export type AuthOptions = OptionsOf<typeof options>;

export const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Keys of callers, and what their use costs.',
  properties: {
    prices: {
      type: 'object',
      default: {},
      description:
        'Own prices in US dollars for a million tokens, by the target (provider/model), the model as its provider calls it, or as it is asked for. Others are the published prices of the provider; a program that the gateway runs costs nothing.',
      additionalProperties: {
        type: 'object',
        required: ['input', 'output'],
        additionalProperties: false,
        properties: {
          input: dollars('For a million input tokens.'),
          output: dollars('For a million output tokens.'),
          cached: dollars(
            'For a million input tokens that a cache of the provider had; as other input where it is absent.',
          ),
        },
      },
    },
  },
} as const;

import type { OptionsOf } from '../../core/contracts/index.ts';
import { limitOption } from './limits/option.ts';
import { signInOption } from './sign-in/options.ts';
import { priceOption } from './prices/option.ts';

export type AuthOptions = OptionsOf<typeof options>;

export const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Keys of callers: what their use may be, and what it costs. Changes hold at once.',
  properties: {
    limits: {
      type: 'object',
      default: {},
      description:
        'Limits by key, owner, label, model and provider, each with a name. Those of one key alone are made with the key.',
      additionalProperties: limitOption,
    },
    shared: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'Deprecated: it is now `shared` at the top of the config.',
      properties: {
        use: {
          type: 'string',
          enum: ['memory', 'redis'],
          default: 'memory',
          description: 'Now `shared.use`.',
        },
        url: { type: 'string', format: 'secret', minLength: 1, description: 'Now `shared.url`.' },
      },
    },
    signIn: signInOption,
    prices: {
      type: 'object',
      default: {},
      description:
        'Own prices in US dollars, by the target (provider/model), the model as its provider calls it, or as it is asked for; * stands for any text. Others are the published prices of the provider; a program that the gateway runs costs nothing.',
      additionalProperties: { anyOf: [priceOption, { type: 'array', minItems: 1, items: priceOption }] },
    },
  },
} as const;

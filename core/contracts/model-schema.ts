/** A model in the config: its targets, and what holds for its requests. */
import type { OptionsOf, Schema } from './schema.ts';
import { timeouts } from './timeouts-schema.ts';

const names = (description: string, one = 'A public model name.') =>
  ({ type: 'array', description, items: { type: 'string', minLength: 1, description: one } }) as const;

const parameters = (description: string) =>
  ({ type: 'object', description, additionalProperties: true }) as const;

/** What an operator wants of requests, of a model's entry or of a provider's. */
export const rulesSchema = {
  type: 'object',
  description:
    "Changes of each request, made last, in the words of the provider's API, and told in its trace. A model's rules come before its provider's.",
  properties: {
    set: parameters('Members of the body with a value that they always get.'),
    default: parameters('Members of the body with a value that they get where the caller names none.'),
    strip: names('Members of the body that are removed.', 'A member on top of the body.'),
    system: { type: 'string', minLength: 1, description: "A system prompt that stands before the caller's." },
  },
} as const satisfies Schema;

export type Rules = OptionsOf<typeof rulesSchema>;

/** A model's entry, given how its strategy is described. */
export const modelSchema = <const Strategy extends Schema>(strategy: Strategy) =>
  ({
    type: 'object',
    description: 'A public model name: its targets, and the strategy that picks among them.',
    required: ['targets'],
    properties: {
      strategy,
      timeouts,
      fallbacks: names('Other models, tried in this order if no target of this one can answer.'),
      contextFallbacks: names('Other models, tried in this order if a request is too long for this one.'),
      rules: rulesSchema,
      untranslatable: {
        type: 'string',
        enum: ['refuse', 'drop'],
        description:
          "What becomes of a member of a request that a provider's API cannot express: `refuse`, the default, answers 400, and `drop` leaves it out, which `x-switchyard-dropped` tells.",
      },
      ...targetsSchema.properties,
    },
  }) as const;

const target = {
  type: 'object',
  required: ['provider'],
  properties: {
    provider: { type: 'string', minLength: 1, description: 'An entry of `providers`, or a provider plugin.' },
    model: {
      type: 'string',
      minLength: 1,
      description: "The provider's own name of the model. Default: the public name.",
    },
    weight: {
      type: 'number',
      exclusiveMinimum: 0,
      // Beside a larger one the others would get nothing, and the sum of some is not a number any more.
      maximum: 1_000_000,
      description: 'Its share relative to the other targets, for strategies that use weights. Default: 1.',
    },
    priority: {
      type: 'integer',
      minimum: 0,
      description: 'Its priority, for strategies that use priorities: 0 is asked first.',
    },
  },
} as const satisfies Schema;

/** Just the targets of a model's entry. */
export const targetsSchema = {
  type: 'object',
  required: ['targets'],
  properties: {
    targets: {
      type: 'array',
      minItems: 1,
      description: 'The targets that can answer, in order.',
      items: target,
    },
  },
} as const satisfies Schema;

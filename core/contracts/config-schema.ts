import { timeouts } from './timeouts-schema.ts';
import type { Schema } from './schema.ts';

const texts = <const Items extends Schema>(description: string, items: Items) =>
  ({ type: 'array', default: [], description, items: { type: 'string', ...items } }) as const;

/** The words that the gateway itself reads at the top of the config; `providers`, `strategy` and the features' own come from plugins. */
export const gateway = {
  server: {
    type: 'object',
    default: {},
    description: 'Where the gateway listens, and which callers it lets in.',
    properties: {
      host: {
        type: 'string',
        minLength: 1,
        default: '127.0.0.1',
        description: 'Address to listen on. Anything but loopback needs apiKeys.',
      },
      port: {
        type: 'integer',
        minimum: 0,
        maximum: 65_535,
        default: 7999,
        description: 'Port to listen on; 0 takes a free one.',
      },
      apiKeys: texts(
        'Keys that callers must send, as `Authorization: Bearer` or `x-api-key`. Without any, no key is asked for.',
        {
          format: 'secret',
          minLength: 8,
          description: 'One key, of at least 8 characters. Better written as $NAME than in the file.',
        },
      ),
      adminKeys: texts(
        'Keys for people who manage the gateway: everything but the API of callers. Without any, apiKeys are for both.',
        {
          format: 'secret',
          minLength: 8,
          description: 'One key, of at least 8 characters. Better written as $NAME than in the file.',
        },
      ),
      bodyLimit: {
        format: 'bytes',
        default: '64MiB',
        description: 'The largest request body that is taken.',
      },
      bodyMemory: {
        format: 'bytes',
        default: '512MiB',
        description:
          'The memory of all request bodies, from when they come until they are answered; more get 503. At least one of bodyLimit is taken.',
      },
      bodyIdle: {
        format: 'duration',
        default: '30s',
        description: 'How long nothing may come of a request body before it is given up with 408.',
      },
      origins: texts("Web pages that may call the gateway from a browser; '*' lets any.", {
        pattern: String.raw`^(\*|null|[a-z][a-z0-9+.-]*://[^/\s]+)$`,
        examples: ['https://app.example.com', '*'],
        description: 'An origin: scheme, host and port, without a path.',
      }),
      hosts: texts(
        'Further names under which browsers reach the gateway, beside loopback and the host it listens on.',
        {
          minLength: 1,
          examples: ['ai.example.com'],
          description: 'A host name as the Host header says it.',
        },
      ),
      drain: {
        format: 'duration',
        minimum: 0,
        default: '10s',
        description: 'How long running answers may still take when the gateway stops.',
      },
    },
  },
  timeouts,
  retry: {
    type: 'object',
    default: {},
    description:
      'How often, and how much, is tried again where a target fails before anything reached the caller.',
    properties: {
      attempts: {
        type: 'integer',
        minimum: 1,
        description:
          'The most attempts for one request; 6 unless said otherwise, and one for each of its targets where it has more.',
      },
      budget: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: 0.2,
        description:
          'The share of live requests of a route that may be tried again, beside ten a second, so that failing upstreams are not stormed. Another target that is well may always be asked. 0: only that.',
      },
      again: {
        type: 'integer',
        minimum: 0,
        default: 1,
        description: 'How often the one target of a model is asked again, after a short pause.',
      },
      wait: {
        format: 'duration',
        minimum: 0,
        default: '5s',
        description: 'The longest Retry-After that is waited for, once, where no other target can answer.',
      },
    },
  },
  hedge: {
    type: 'object',
    default: {},
    description:
      'Asks a second target, too, where the first has given nothing for longer than nearly all answers take. The one with content first answers, the other is cancelled.',
    properties: {
      enabled: {
        type: 'boolean',
        default: false,
        description: 'It costs what the slowest requests cost, twice.',
      },
      share: {
        type: 'number',
        exclusiveMinimum: 0,
        maximum: 1,
        default: 0.1,
        description: 'The share of live requests that may be asked twice.',
      },
      quantile: {
        type: 'number',
        minimum: 0.5,
        maximum: 0.999,
        default: 0.95,
        description: 'After so much of the latest answers of a target had come, it counts as late.',
      },
      minimum: {
        type: 'integer',
        minimum: 2,
        default: 20,
        description: 'How many answers of a target must be known before a second one is asked beside it.',
      },
    },
  },
  limits: {
    type: 'object',
    default: {},
    description: 'How much of an answer is held in memory.',
    properties: {
      event: { format: 'bytes', default: '16MiB', description: 'The largest single event of a stream.' },
      answer: {
        format: 'bytes',
        default: '32MiB',
        description: 'The largest answer that is read whole, before or instead of being streamed.',
      },
    },
  },
  transport: {
    type: 'string',
    minLength: 1,
    default: 'auto',
    examples: ['auto'],
    description:
      "The transport that sends requests, by name, path or package; what it cannot carry goes as with 'auto', where each request goes to the transport that is made for it.",
  },
  unknownModels: {
    type: 'string',
    enum: ['route', 'reject'],
    description:
      "What becomes of a model that no provider is known to have: 'reject' answers 404 with the nearest names, 'route' asks any provider that can answer, with another model if need be. 'reject' unless said otherwise, as soon as this file or a key names a provider.",
  },
  discover: {
    type: 'boolean',
    default: true,
    description:
      'Look for API keys in the environment and for servers on loopback, and make providers of what is found.',
  },
  home: {
    type: 'string',
    format: 'path',
    minLength: 1,
    default: '.switchyard',
    description:
      'Folder for what the gateway writes, and for what it makes of programs that it fetched. Only its own user may look into it (mode 0700).',
  },
  apis: {
    type: 'string',
    format: 'path',
    minLength: 1,
    examples: ['./apis', '~/apis'],
    description:
      "Folder that programs are fetched into: 'apis' beside this file, or in home where that is set.",
  },
  plugins: texts('Further features: paths, from the folder of this file, or npm packages.', {
    minLength: 1,
    examples: ['./plugins/mine.ts', 'switchyard-mine'],
    description: 'A path that begins with ./, ../ or /, or the name of a package.',
  }),
} as const satisfies Record<string, Schema>;

/** Names that an entry under `providers` may have: it becomes part of ids and of a folder's name. */
export const providerName = {
  type: 'string',
  pattern: String.raw`^(?!\.{1,2}$)[^\s/\\]+$`,
  examples: ['lab', 'lab-2'],
} as const;

/** What every entry under `providers` has beside its plugin's own options. */
export const providerWords = {
  use: {
    type: 'string',
    description:
      "The provider plugin: its name, a path or a package. Not needed where the entry's own name is a plugin's.",
  },
  enabled: { type: 'boolean', default: true, description: 'false: it stays in the file and is not used.' },
} as const;

/** What every strategy has beside its plugin's own options. */
export const strategyWords = {
  use: { type: 'string', minLength: 1, description: 'The strategy plugin: its name, a path or a package.' },
} as const;

/** An entry under `providers`, and a strategy, whatever plugin they name. */
export const anyProvider = { type: 'object', properties: providerWords, additionalProperties: true } as const;
export const anyStrategy = {
  type: 'object',
  properties: strategyWords,
  additionalProperties: true,
  required: ['use'],
} as const;

/** A model's entry, given how its strategy is described. */
export const modelSchema = <const Strategy extends Schema>(strategy: Strategy) =>
  ({
    type: 'object',
    description: 'A public model name: its targets, and the strategy that picks among them.',
    required: ['targets'],
    properties: {
      strategy,
      timeouts,
      fallbacks: names('Other models, asked in this order when no target here can answer.'),
      contextFallbacks: names('Other models, asked in this order when a request is too long for this one.'),
      ...targetsSchema.properties,
    },
  }) as const;

const names = (description: string) =>
  ({
    type: 'array',
    description,
    items: { type: 'string', minLength: 1, description: 'A public model name.' },
  }) as const;

const target = {
  type: 'object',
  required: ['provider'],
  properties: {
    provider: { type: 'string', minLength: 1, description: 'An entry of `providers`, or a provider plugin.' },
    model: {
      type: 'string',
      minLength: 1,
      description: "The provider's own name of the model; without it the public name.",
    },
    weight: {
      type: 'number',
      exclusiveMinimum: 0,
      // Beside a larger one the others would get nothing, and the sum of some is not a number any more.
      maximum: 1_000_000,
      description: 'Its share beside the others, for strategies that weigh; 1 unless said otherwise.',
    },
    priority: {
      type: 'integer',
      minimum: 0,
      description: 'Its rank, for strategies that rank: 0 is asked first.',
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

import { timeouts } from './timeouts-schema.ts';
import type { Schema } from './schema.ts';

const texts = <const Items extends Schema>(description: string, items: Items) =>
  ({ type: 'array', default: [], description, items: { type: 'string', ...items } }) as const;

const keys = (description: string) =>
  texts(description, {
    format: 'secret',
    minLength: 8,
    description: 'One key, of at least 8 characters. Better written as $NAME than in the file.',
  });

/** The words that the gateway itself reads at the top of the config; `providers`, `strategy` and the features' own come from plugins. */
export const gateway = {
  server: {
    type: 'object',
    default: {},
    description: 'The address to listen on, and who may call.',
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
      threads: {
        anyOf: [{ type: 'integer', minimum: 1, maximum: 64 }, { const: 'auto' }],
        default: 1,
        description:
          "Threads that answer requests, on one port. 'auto': one for each core. Above 1 takes Linux or FreeBSD.",
      },
      apiKeys: keys(
        'Keys that callers must send, as `Authorization: Bearer`, `x-api-key`, `api-key` or `x-goog-api-key`. Without any, no key is required.',
      ),
      adminKeys: keys('Keys for the management API and its pages. Without any, apiKeys open both APIs.'),
      bodyLimit: {
        format: 'bytes',
        default: '64MiB',
        description: 'The largest request body that is accepted.',
      },
      bodyMemory: {
        format: 'bytes',
        default: '512MiB',
        description:
          'Memory for all request bodies and WebSocket messages of /responses, from their arrival until they are answered; above it, requests get 503. It is never less than bodyLimit.',
      },
      bodyIdle: {
        format: 'duration',
        default: '30s',
        description: 'The longest silence while a request body arrives; then the request gets 408.',
      },
      origins: texts("Web pages that may call the gateway from a browser; '*' allows all.", {
        pattern: String.raw`^(\*|null|[a-z][a-z0-9+.-]*://[^/\s]+)$`,
        examples: ['https://app.example.com', '*'],
        description: 'An origin: scheme, host and port, without a path.',
      }),
      hosts: texts(
        'Further host names under which browsers reach the gateway, in addition to loopback and the listening host.',
        {
          minLength: 1,
          examples: ['ai.example.com'],
          description: 'A host name as in the Host header.',
        },
      ),
      drain: {
        format: 'duration',
        minimum: 0,
        default: '10s',
        description: 'How long running answers may continue when the gateway stops.',
      },
    },
  },
  timeouts,
  retry: {
    type: 'object',
    default: {},
    description: 'Retries of requests that failed before the caller got any content.',
    properties: {
      attempts: {
        type: 'integer',
        minimum: 1,
        description:
          'The most attempts for one request. Default: 6, or one for each target of a route with more than 6.',
      },
      budget: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: 0.2,
        description:
          "Retries as a share of a route's requests, in addition to ten a second, so that failing upstreams are not flooded. A retry on another healthy target is always allowed. 0: only such retries.",
      },
      again: {
        type: 'integer',
        minimum: 0,
        default: 1,
        description: 'How often the only target of a model is retried, after a short pause.',
      },
      wait: {
        format: 'duration',
        minimum: 0,
        default: '5s',
        description: 'The longest Retry-After that is waited for, once, if no other target can answer.',
      },
    },
  },
  hedge: {
    type: 'object',
    default: {},
    description:
      'Sends a request to a second target if the first is slower than nearly all of its answers. The first with content answers, the other is cancelled.',
    properties: {
      enabled: {
        type: 'boolean',
        default: false,
        description: 'true: hedging is on. The slowest requests then cost twice as much.',
      },
      share: {
        type: 'number',
        exclusiveMinimum: 0,
        maximum: 1,
        default: 0.1,
        description: 'The share of requests that may be hedged.',
      },
      quantile: {
        type: 'number',
        minimum: 0.5,
        maximum: 0.999,
        default: 0.95,
        description: "The quantile of a target's latest latencies after which an answer counts as late.",
      },
      minimum: {
        type: 'integer',
        minimum: 2,
        default: 20,
        description: 'How many latencies of a target must be known before its requests are hedged.',
      },
    },
  },
  limits: {
    type: 'object',
    default: {},
    description: 'How much of a response is held in memory.',
    properties: {
      event: { format: 'bytes', default: '16MiB', description: 'The largest single event of a stream.' },
      answer: {
        format: 'bytes',
        default: '32MiB',
        description: 'The largest response that is read whole.',
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
      "What to do with a model that no provider is known to have: 'reject' answers 404 with the nearest names, 'route' asks any provider that can answer, with another model if necessary. Default: 'reject' once this file or a key names a provider, otherwise 'route'.",
  },
  watch: {
    type: 'boolean',
    default: true,
    description: 'Reload this file whenever it changes. A file with a mistake changes nothing.',
  },
  discover: {
    type: 'boolean',
    default: true,
    description: 'Detect providers: API keys in the environment, and servers on loopback.',
  },
  home: {
    type: 'string',
    format: 'path',
    minLength: 1,
    default: '.switchyard',
    description:
      "Folder for files that the gateway writes, and for installed local programs. Only the gateway's user can read it (mode 0700).",
  },
  apis: {
    type: 'string',
    format: 'path',
    minLength: 1,
    examples: ['./apis', '~/apis'],
    description:
      "Folder that local programs are fetched into. Default: 'apis' beside this file, or in home if that is set.",
  },
  plugins: texts('Further feature plugins: paths, relative to this file, or npm packages.', {
    minLength: 1,
    examples: ['./plugins/mine.ts', 'switchyard-mine'],
    description: 'A path that begins with ./, ../ or /, or a package name.',
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
      "The provider plugin: its name, a path or a package. Default: the plugin with the entry's name.",
  },
  enabled: {
    type: 'boolean',
    default: true,
    description: 'false: the entry stays in the file and is not used.',
  },
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

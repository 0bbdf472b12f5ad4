import type { OptionsOf } from '../../core/contracts/index.ts';

export type StoreOptions = OptionsOf<typeof options>;

const file = (description: string) =>
  ({ type: 'string', format: 'path', minLength: 1, description }) as const;

export const options = {
  type: 'object',
  additionalProperties: false,
  description:
    'Where keys, limits made by the API, usage, the responses of the Responses API, and the list of requests are kept, and with PostgreSQL the settings that the API changes. A change takes a restart.',
  properties: {
    use: {
      type: 'string',
      enum: ['sqlite', 'postgres'],
      default: 'sqlite',
      description:
        "'sqlite': in files in `home`, of this gateway alone. 'postgres': in a PostgreSQL (15 or newer) that gateways share; `home` then has what waits for it.",
    },
    url: {
      type: 'string',
      format: 'secret',
      minLength: 1,
      pattern: '^postgres(ql)?://',
      examples: ['postgres://switchyard@127.0.0.1/switchyard'],
      description:
        'Of PostgreSQL, with its user and password. Several hosts are tried in turn. `?sslmode=verify-full` and the like hold, too.',
    },
    pool: {
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 2,
      description:
        'The most connections for each of keys with settings, usage, responses and requests. One further connection stays open for news.',
    },
    tls: {
      type: 'object',
      additionalProperties: false,
      description: 'TLS with files of your own.',
      properties: {
        ca: file('The certificates that are trusted instead of the usual ones, a file in PEM.'),
        cert: file("This gateway's own certificate, a file in PEM."),
        key: file('Its key, a file in PEM.'),
        verify: {
          type: 'boolean',
          default: true,
          description: 'false: any certificate will do, so that anything may answer as PostgreSQL.',
        },
      },
    },
  },
} as const;

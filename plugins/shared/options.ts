import type { OptionsOf } from '../../core/contracts/index.ts';

export type SharedOptions = OptionsOf<typeof options>;

const file = (description: string) =>
  ({ type: 'string', format: 'path', minLength: 1, description }) as const;

export const options = {
  type: 'object',
  additionalProperties: false,
  description:
    'What several gateways share while they run: limits, concurrency of providers, circuits and pauses. A change needs a restart.',
  properties: {
    use: {
      type: 'string',
      enum: ['memory', 'redis'],
      default: 'memory',
      description:
        "'memory': each gateway by itself. 'redis': all gateways with the same url and prefix together.",
    },
    url: {
      type: 'string',
      format: 'secret',
      minLength: 1,
      examples: ['redis://127.0.0.1:6379'],
      description: 'Of Redis 7 or Valkey, with its password; rediss:// with TLS.',
    },
    prefix: {
      type: 'string',
      minLength: 1,
      pattern: String.raw`^[\w:.-]+$`,
      default: 'switchyard:',
      description: 'What all names in Redis begin with. Gateways with another prefix are another fleet.',
    },
    node: {
      type: 'string',
      minLength: 1,
      description: "This gateway's name among the others, for people. Default: the machine's name.",
    },
    tls: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'Files for a connection with TLS, in PEM.',
      properties: {
        ca: file(
          "Certificates of authorities that Redis's certificate may be signed by, instead of the known ones.",
        ),
        cert: file("This gateway's own certificate, where Redis asks for one."),
        key: file('The key of that certificate.'),
      },
    },
  },
} as const;

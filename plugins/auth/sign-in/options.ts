import type { OptionsOf } from '../../../core/contracts/index.ts';

export type SignInOptions = OptionsOf<typeof signInOption>;
export type OidcOptions = NonNullable<SignInOptions['oidc']>;

const values = (description: string) =>
  ({
    type: 'array',
    default: [],
    description,
    items: { type: 'string', minLength: 1, description: "A value of the claim; '*' stands for any." },
  }) as const;

export const signInOption = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description:
    'Signing in to the dashboard, instead of the key of an admin. With it, managing the gateway needs either.',
  properties: {
    password: {
      type: 'string',
      format: 'secret',
      pattern: String.raw`^scrypt:\d+:\d+:\d+:[\w-]+:[\w-]+$`,
      description:
        'The hash of an admin password, as `switchyard password` makes it. Default: SWITCHYARD_PASSWORD_HASH of the environment.',
    },
    lasts: { format: 'duration', default: '12h', description: 'How long a session lasts.' },
    idle: { format: 'duration', default: '2h', description: 'How long a session lasts that is not used.' },
    oidc: {
      type: 'object',
      additionalProperties: false,
      required: ['issuer', 'clientId'],
      description: 'Signing in by an OpenID Connect provider (authorization code with PKCE).',
      properties: {
        issuer: {
          type: 'string',
          pattern: '^https?://',
          examples: ['https://login.example.com/realms/team'],
          description: 'The URL of the provider. Plain http: only on this machine.',
        },
        clientId: { type: 'string', minLength: 1, description: 'The id of this gateway there.' },
        clientSecret: {
          type: 'string',
          format: 'secret',
          description: 'Its secret there; without one it is a public client.',
        },
        redirect: {
          type: 'string',
          pattern: '^https?://.+/session/oidc/callback$',
          examples: ['https://ai.example.com/session/oidc/callback'],
          description:
            'The URL that the provider sends people back to. Default: by the Host of the request, and https if X-Forwarded-Proto says so.',
        },
        scope: { type: 'string', default: 'openid profile email', description: 'What is asked for.' },
        claim: {
          type: 'string',
          minLength: 1,
          default: 'groups',
          examples: ['groups', 'email', 'realm_access.roles'],
          description: 'The claim that the role is taken from: a text or a list, inside others by dots.',
        },
        admins: values('Values of the claim that make an admin.'),
        viewers: values('Values of the claim that make a viewer, who changes nothing.'),
        label: {
          type: 'string',
          minLength: 1,
          default: 'single sign-on',
          description: 'What the button is called.',
        },
      },
    },
  },
} as const;

import type { OptionsOf } from '../../core/contracts/index.ts';
import type { ProgramFacts } from './program.ts';
import { httpUrl, localOptions } from './provider-options.ts';

/** The options of a third-party program. */
export type ProgramOptions = OptionsOf<typeof every>;

const source = {
  type: 'object',
  description: 'Code to use instead of the pinned commit: a repository at a commit, or a local folder.',
  additionalProperties: false,
  properties: {
    git: { type: 'string', minLength: 1, description: "The repository's URL." },
    commit: { type: 'string', minLength: 7, description: 'The commit to use.' },
    subfolder: { type: 'string', minLength: 1, description: "The program's folder in the repository." },
    folder: {
      type: 'string',
      format: 'path',
      minLength: 1,
      description: 'A local folder with the code; it is not changed.',
    },
  },
  anyOf: [{ required: ['git', 'commit'] }, { required: ['folder'] }],
} as const;

const every = {
  ...localOptions,
  properties: {
    ...localOptions.properties,
    start: {
      enum: ['boot', 'on-demand', 'manual'],
      description:
        "When the program is fetched and started. Default: 'manual', or 'on-demand' if a route targets it.",
    },
    port: { anyOf: [{ type: 'integer', minimum: 1, maximum: 65_535 }, { const: 'free' }] },
    secrets: {
      type: 'object',
      description: 'Credentials that the program needs; only its own process gets them.',
      properties: {},
      additionalProperties: { type: 'string', format: 'secret' },
    },
    env: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Environment variables to add or change; {port}, {host} and {key} are filled in.',
    },
    source,
    apiKey: { type: 'string', format: 'secret' },
    baseUrl: { ...httpUrl, description: 'The URL of the hosted API.' },
  },
} as const;

/** The same for one program: with its port, its secrets by name, and the key of its hosted server. */
export function programOptions({ port, secrets = {}, hosted }: ProgramFacts): object {
  const { apiKey, baseUrl, ...own } = every.properties;
  const wanted = Object.entries(secrets).map(([name, { description, required }]) => [
    name,
    { type: 'string', format: 'secret', description: `${description}${required ? '' : ' (optional)'}` },
  ]);
  return {
    ...every,
    properties: {
      ...own,
      port: {
        ...own.port,
        description: `The port that the program listens on. Default: ${port}. 'free': a free port.`,
      },
      secrets: { ...own.secrets, properties: Object.fromEntries(wanted) as object },
      ...(hosted && { apiKey: { ...apiKey, description: `The key for ${hosted.baseUrl}.` }, baseUrl }),
    },
  };
}

import type { OptionsOf } from '../../core/contracts/index.ts';
import type { ProgramFacts } from './program.ts';
import { localOptions } from './provider.ts';

/** What the config can say of a program that others wrote. */
export type ProgramOptions = OptionsOf<typeof every>;

const source = {
  type: 'object',
  description: 'Other code than what is known to work: a repository at a commit, or a folder of yours.',
  additionalProperties: false,
  properties: {
    git: { type: 'string', minLength: 1, description: "The repository's URL." },
    commit: { type: 'string', minLength: 7, description: 'The commit to use.' },
    subfolder: { type: 'string', minLength: 1, description: 'Where in the repository the program is.' },
    folder: {
      type: 'string',
      format: 'path',
      minLength: 1,
      description: 'A folder with the code; it is not changed.',
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
      description: "When it is fetched and started. 'manual', or 'on-demand' where a route targets it.",
    },
    port: { anyOf: [{ type: 'integer', minimum: 1, maximum: 65_535 }, { const: 'free' }] },
    secrets: {
      type: 'object',
      description: 'What it needs to get in upstream: only its own process gets it.',
      properties: {},
      additionalProperties: { type: 'string', format: 'secret' },
    },
    env: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description:
        'More of its environment, or other values than it has; {port}, {host} and {key} are filled in.',
    },
    source,
    apiKey: { type: 'string', format: 'secret' },
    baseUrl: { type: 'string', format: 'uri', description: 'Where the hosted API begins.' },
  },
} as const;

/** The same, with what one program makes of it: its port, its secrets by name, and the key of whoever hosts it. */
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
        description: `Where it listens, ${port} unless said otherwise; 'free': a free one.`,
      },
      secrets: { ...own.secrets, properties: Object.fromEntries(wanted) as object },
      ...(hosted && { apiKey: { ...apiKey, description: `The key for ${hosted.baseUrl}.` }, baseUrl }),
    },
  };
}

import type { Host, Named, OptionsOf, ProviderPlugin } from '../core/contracts/index.ts';
import { local, localOptions, withValues } from '../kits/provider-kit/index.ts';

const options = {
  ...localOptions,
  required: ['command'],
  properties: {
    ...localOptions.properties,
    command: {
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
      description: 'The program and its arguments; {port}, {host} and {key} are replaced.',
    },
    cwd: {
      type: 'string',
      format: 'path',
      default: '.',
      description: "The folder that it runs in; default: the config's folder.",
    },
    env: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Its environment; {port}, {host} and {key} are replaced.',
    },
    secrets: {
      type: 'object',
      additionalProperties: { type: 'string', format: 'secret' },
      description: 'Secret environment variables, never shown.',
    },
    port: {
      anyOf: [{ type: 'integer', minimum: 1, maximum: 65_535 }, { const: 'free' }],
      default: 'free',
      description: "The port it listens on; 'free': any free one, passed as {port}.",
    },
    basePath: { type: 'string', default: '/v1', description: 'The path at which its API begins.' },
    probe: {
      type: 'object',
      additionalProperties: false,
      description: 'The check that tells whether it is ready and healthy.',
      properties: {
        path: { type: 'string', default: '/v1/models' },
        method: { enum: ['GET', 'HEAD', 'OPTIONS'], default: 'GET' },
        status: { type: 'array', items: { type: 'integer' }, default: [200] },
        every: { format: 'duration', default: '10s' },
        within: { format: 'duration', default: '60s' },
      },
      default: {},
    },
    grace: {
      format: 'duration',
      default: '5s',
      description: 'How long the program may take to end before it is killed.',
    },
  },
} as const;

type Options = OptionsOf<typeof options>;

/** Any program of yours with an OpenAI-compatible API: started, watched and stopped by the gateway. */
export default {
  name: 'process',
  options,
  create: (
    { command, cwd, env, secrets, port, basePath, probe, grace, ...given }: Options & Named,
    host: Host,
  ) =>
    local(given, host, {
      basePath,
      process: {
        command,
        cwd,
        env: { ...env },
        secrets: withValues({}, secrets),
        port,
        host: '127.0.0.1',
        probe: { ...probe, everyMs: probe.every, withinMs: probe.within },
        start: 'boot',
        stop: { signal: 'SIGTERM', graceMs: grace },
        notes: { writes: [], risks: [] },
      },
    }),
} satisfies ProviderPlugin<Options>;

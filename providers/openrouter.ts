import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/** OpenRouter: many vendors behind one key. https://openrouter.ai/docs */
export default {
  name: 'openrouter',
  options: remoteOptions,
  detect: { env: 'OPENROUTER_API_KEY' },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://openrouter.ai/api/v1',
      keyFrom: 'OPENROUTER_API_KEY',
      defaultModel: 'openrouter/auto',
      surfaces: ['chat', 'completions', 'responses', 'embeddings'],
      scopes: [
        { status: 403, scope: 'request' },
        { status: 429, says: /free-models-per-/, scope: 'pool', models: /:free$/, pauseMs: 60_000 },
      ],
    }),
} satisfies RemotePlugin;

import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/** GitHub Models, whose list is beside its API. https://docs.github.com/en/rest/models/inference */
export default {
  name: 'github-models',
  options: remoteOptions,
  detect: { env: 'GITHUB_MODELS_TOKEN' },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://models.github.ai',
      path: ({ path }) => (path === '/catalog/models' ? path : `/inference${path}`),
      modelsPath: '/catalog/models',
      keyFrom: ['GITHUB_MODELS_TOKEN', 'GITHUB_TOKEN'],
      headers: { 'x-github-api-version': '2022-11-28' },
      defaultModel: 'openai/gpt-4.1-mini',
      surfaces: ['chat', 'embeddings'],
    }),
} satisfies RemotePlugin;

import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

const MODELS = ['sonar', 'sonar-pro', 'sonar-reasoning-pro', 'sonar-deep-research'];

/** Perplexity: answers with web search, each chunk with its token counts. https://docs.perplexity.ai/api-reference */
export default {
  name: 'perplexity',
  options: remoteOptions,
  detect: { env: ['PERPLEXITY_API_KEY', 'PERPLEXITYAI_API_KEY'] },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://api.perplexity.ai',
      keyFrom: ['PERPLEXITY_API_KEY', 'PERPLEXITYAI_API_KEY'],
      models: Object.fromEntries(MODELS.map((model) => [model, model])),
      modelsPath: false,
      surfaces: ['chat'],
      quirks: { streamOptions: false },
    }),
} satisfies RemotePlugin;

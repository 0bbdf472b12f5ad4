import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/** Cohere's own API (v2), which callers of OpenAI's APIs reach by a translation. https://docs.cohere.com/reference */
export default {
  name: 'cohere',
  options: remoteOptions,
  detect: { env: ['COHERE_API_KEY', 'CO_API_KEY'] },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://api.cohere.com',
      keyFrom: ['COHERE_API_KEY', 'CO_API_KEY'],
      modelsPath: '/v1/models?page_size=1000',
      surfaces: ['cohere-chat', 'cohere-embed', 'cohere-rerank'],
    }),
} satisfies RemotePlugin;

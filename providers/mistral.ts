import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/** Mistral, whose models that reason answer in lists of parts. https://docs.mistral.ai/api */
export default {
  name: 'mistral',
  options: remoteOptions,
  detect: { env: 'MISTRAL_API_KEY' },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://api.mistral.ai/v1',
      keyFrom: 'MISTRAL_API_KEY',
      defaultModel: 'mistral-small-latest',
      surfaces: ['chat', 'embeddings', 'moderations', 'audio', 'files', 'batches'],
      quirks: { tidy: true },
    }),
} satisfies RemotePlugin;

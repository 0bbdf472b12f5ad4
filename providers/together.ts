import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/** Together: open models. https://docs.together.ai/docs/openai-api-compatibility */
export default {
  name: 'together',
  options: remoteOptions,
  detect: { env: 'TOGETHER_API_KEY' },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://api.together.xyz/v1',
      keyFrom: 'TOGETHER_API_KEY',
      defaultModel: 'meta-llama/Llama-3.3-70B-Instruct-Turbo',
      surfaces: ['chat', 'completions', 'embeddings', 'images', 'audio', 'files', 'batches'],
    }),
} satisfies RemotePlugin;

import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/** DeepInfra: open models. https://docs.deepinfra.com/chat/overview */
export default {
  name: 'deepinfra',
  options: remoteOptions,
  detect: { env: ['DEEPINFRA_API_KEY', 'DEEPINFRA_TOKEN'] },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://api.deepinfra.com/v1/openai',
      keyFrom: ['DEEPINFRA_API_KEY', 'DEEPINFRA_TOKEN'],
      defaultModel: 'openai/gpt-oss-120b',
      surfaces: ['chat', 'completions', 'embeddings', 'images', 'audio', 'files', 'batches'],
    }),
} satisfies RemotePlugin;

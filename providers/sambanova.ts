import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/** SambaNova Cloud: open models, fast. https://docs.sambanova.ai/docs/en/features/openai-compatibility */
export default {
  name: 'sambanova',
  options: remoteOptions,
  detect: { env: 'SAMBANOVA_API_KEY' },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://api.sambanova.ai/v1',
      keyFrom: 'SAMBANOVA_API_KEY',
      defaultModel: 'Meta-Llama-3.3-70B-Instruct',
      surfaces: ['chat', 'completions', 'responses', 'embeddings', 'audio'],
    }),
} satisfies RemotePlugin;

import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/** Fireworks: open models, fast. https://docs.fireworks.ai/tools-sdks/openai-compatibility */
export default {
  name: 'fireworks',
  options: remoteOptions,
  detect: { env: 'FIREWORKS_API_KEY' },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://api.fireworks.ai/inference/v1',
      keyFrom: 'FIREWORKS_API_KEY',
      defaultModel: 'accounts/fireworks/models/gpt-oss-120b',
      surfaces: ['chat', 'completions', 'responses', 'embeddings', 'rerank'],
    }),
} satisfies RemotePlugin;

import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/**
 * SiliconFlow: open models. Keys of siliconflow.cn need `baseUrl: https://api.siliconflow.cn/v1`.
 * https://docs.siliconflow.com/en/api-reference/chat-completions/chat-completions
 */
export default {
  name: 'siliconflow',
  options: remoteOptions,
  detect: { env: 'SILICONFLOW_API_KEY' },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://api.siliconflow.com/v1',
      keyFrom: 'SILICONFLOW_API_KEY',
      defaultModel: 'openai/gpt-oss-120b',
      surfaces: ['chat', 'embeddings', 'rerank', 'images', 'audio', 'files', 'batches'],
    }),
} satisfies RemotePlugin;

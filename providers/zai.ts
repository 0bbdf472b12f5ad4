import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/**
 * Z.ai (Zhipu): GLM. Keys of bigmodel.cn need `baseUrl: https://open.bigmodel.cn/api/paas/v4`.
 * https://docs.z.ai/api-reference/llm/chat-completion
 */
export default {
  name: 'zai',
  options: remoteOptions,
  detect: { env: ['ZAI_API_KEY', 'ZHIPU_API_KEY'] },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://api.z.ai/api/paas/v4',
      keyFrom: ['ZAI_API_KEY', 'ZHIPU_API_KEY'],
      defaultModel: 'glm-4.7',
      surfaces: ['chat', 'embeddings', 'images', 'audio', 'files', 'batches'],
      // 1113: insufficient balance
      scopes: [{ status: 429, says: /"code":\s*"?1113\b/, scope: 'key', pauseMs: 60_000 }],
    }),
} satisfies RemotePlugin;

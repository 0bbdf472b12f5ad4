import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/**
 * Alibaba's DashScope: Qwen. Keys of China need `baseUrl: https://dashscope.aliyuncs.com/compatible-mode/v1`.
 * https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope
 */
export default {
  name: 'dashscope',
  options: remoteOptions,
  detect: { env: 'DASHSCOPE_API_KEY' },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
      keyFrom: 'DASHSCOPE_API_KEY',
      defaultModel: 'qwen-plus',
      surfaces: ['chat', 'completions', 'responses', 'embeddings', 'files', 'batches'],
      scopes: [{ status: 400, says: /"Arrearage"/, scope: 'key', pauseMs: 60_000 }],
    }),
} satisfies RemotePlugin;

import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/**
 * Moonshot: Kimi. Keys of platform.moonshot.cn need `baseUrl: https://api.moonshot.cn/v1`.
 * https://platform.moonshot.ai/docs/api/chat
 */
export default {
  name: 'moonshot',
  options: remoteOptions,
  detect: { env: 'MOONSHOT_API_KEY' },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://api.moonshot.ai/v1',
      keyFrom: 'MOONSHOT_API_KEY',
      defaultModel: 'kimi-k2.6',
      surfaces: ['chat', 'files', 'batches'],
      needsThought: ({ tool_calls: calls }, model) => Array.isArray(calls) && model.startsWith('kimi'),
      scopes: [{ status: 429, says: /exceeded_current_quota_error/, scope: 'key', pauseMs: 60_000 }],
    }),
} satisfies RemotePlugin;

import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/** DeepSeek. https://api-docs.deepseek.com */
export default {
  name: 'deepseek',
  options: remoteOptions,
  detect: { env: 'DEEPSEEK_API_KEY' },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://api.deepseek.com/v1',
      keyFrom: 'DEEPSEEK_API_KEY',
      defaultModel: 'deepseek-chat',
      surfaces: ['chat'],
      needsThought: () => true,
    }),
} satisfies RemotePlugin;

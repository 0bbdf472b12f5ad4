import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/**
 * MiniMax. Keys of minimaxi.com need `baseUrl: https://api.minimaxi.com/v1`.
 * https://platform.minimax.io/docs/api-reference/text-openai-api
 */
export default {
  name: 'minimax',
  options: remoteOptions,
  detect: { env: 'MINIMAX_API_KEY' },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://api.minimax.io/v1',
      keyFrom: 'MINIMAX_API_KEY',
      defaultModel: 'MiniMax-M2.7',
      surfaces: ['chat', 'responses'],
    }),
} satisfies RemotePlugin;

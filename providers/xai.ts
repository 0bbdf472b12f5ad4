import { remote, remoteOptions, type RemotePlugin, WEBSOCKETS } from '../kits/provider-kit/index.ts';

/** xAI: Grok. https://docs.x.ai/docs/api-reference */
export default {
  name: 'xai',
  options: remoteOptions,
  detect: { env: 'XAI_API_KEY' },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://api.x.ai/v1',
      keyFrom: 'XAI_API_KEY',
      defaultModel: 'grok-4',
      surfaces: ['chat', 'completions', 'responses', 'images', 'files', ...WEBSOCKETS],
    }),
} satisfies RemotePlugin;

import { remote, remoteOptions, type ProviderPlugin, type RemoteOptions } from '../kits/provider-kit/kit.ts';

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
      surfaces: ['chat', 'completions', 'responses', 'images', 'files'],
    }),
} satisfies ProviderPlugin<RemoteOptions>;

import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/** Hyperbolic: open models. https://docs.hyperbolic.xyz/docs/rest-api */
export default {
  name: 'hyperbolic',
  options: remoteOptions,
  detect: { env: 'HYPERBOLIC_API_KEY' },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://api.hyperbolic.xyz/v1',
      keyFrom: 'HYPERBOLIC_API_KEY',
      defaultModel: 'meta-llama/Llama-3.3-70B-Instruct',
      surfaces: ['chat', 'completions'],
    }),
} satisfies RemotePlugin;

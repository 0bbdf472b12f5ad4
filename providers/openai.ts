import { remote, remoteOptions, type RemotePlugin, WEBSOCKETS } from '../kits/provider-kit/index.ts';

/** OpenAI's own API. https://platform.openai.com/docs/api-reference */
export default {
  name: 'openai',
  options: remoteOptions,
  detect: { env: 'OPENAI_API_KEY' },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://api.openai.com/v1',
      keyFrom: 'OPENAI_API_KEY',
      defaultModel: 'gpt-4o-mini',
      surfaces: ['*', ...WEBSOCKETS],
      scopes: [{ status: 429, says: /insufficient_quota/, scope: 'key', pauseMs: 60_000 }],
    }),
} satisfies RemotePlugin;

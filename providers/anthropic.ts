import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/** Anthropic's own API, which callers of chat completions reach by a translation. https://platform.claude.com/docs/en/api */
export default {
  name: 'anthropic',
  options: remoteOptions,
  detect: { env: 'ANTHROPIC_API_KEY' },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://api.anthropic.com/v1',
      keyFrom: 'ANTHROPIC_API_KEY',
      keyHeader: 'x-api-key',
      headers: { 'anthropic-version': '2023-06-01' },
      modelsPath: '/models?limit=1000',
      surfaces: ['messages', 'count_tokens', 'files', 'skills'],
    }),
} satisfies RemotePlugin;

import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/** Google's own tools read both. */
const KEYS = ['GEMINI_API_KEY', 'GOOGLE_API_KEY'];

/** Google's Gemini API, which callers of other APIs reach by a translation. https://ai.google.dev/api */
export default {
  name: 'gemini',
  aliases: ['google'],
  options: remoteOptions,
  detect: { env: KEYS },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
      keyFrom: KEYS,
      keyHeader: 'x-goog-api-key',
      modelsPath: '/models?pageSize=1000',
      surfaces: ['gemini', 'gemini_tokens'],
    }),
} satisfies RemotePlugin;

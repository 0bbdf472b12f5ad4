import { remote, remoteOptions, type ProviderPlugin, type RemoteOptions } from '../kits/provider-kit/kit.ts';

/** Groq: open models, fast. https://console.groq.com/docs/openai */
export default {
  name: 'groq',
  options: remoteOptions,
  detect: { env: 'GROQ_API_KEY' },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://api.groq.com/openai/v1',
      keyFrom: 'GROQ_API_KEY',
      defaultModel: 'llama-3.3-70b-versatile',
      surfaces: ['chat', 'responses', 'audio', 'files', 'batches'],
    }),
} satisfies ProviderPlugin<RemoteOptions>;

import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

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
} satisfies RemotePlugin;

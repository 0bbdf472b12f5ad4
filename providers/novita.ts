import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/** Novita: open models. https://novita.ai/docs/guides/llm-api */
export default {
  name: 'novita',
  options: remoteOptions,
  detect: { env: 'NOVITA_API_KEY' },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://api.novita.ai/openai/v1',
      keyFrom: 'NOVITA_API_KEY',
      defaultModel: 'openai/gpt-oss-120b',
      surfaces: ['chat', 'completions', 'embeddings', 'rerank', 'files', 'batches'],
    }),
} satisfies RemotePlugin;

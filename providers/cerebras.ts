import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/** Cerebras: open models, very fast. https://inference-docs.cerebras.ai/resources/openai */
export default {
  name: 'cerebras',
  options: remoteOptions,
  detect: { env: 'CEREBRAS_API_KEY' },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://api.cerebras.ai/v1',
      keyFrom: 'CEREBRAS_API_KEY',
      defaultModel: 'gpt-oss-120b',
      surfaces: ['chat', 'completions', 'files', 'batches'],
    }),
} satisfies RemotePlugin;

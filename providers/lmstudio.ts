import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/** LM Studio on this machine. https://lmstudio.ai/docs/api/openai-api */
export default {
  name: 'lmstudio',
  options: remoteOptions,
  detect: { port: 1234, path: '/v1/models', holds: ['data'] },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'http://127.0.0.1:1234/v1',
      surfaces: ['chat', 'completions', 'embeddings', 'responses'],
    }),
} satisfies RemotePlugin;

import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/** Ollama on this machine. https://github.com/ollama/ollama/blob/main/docs/openai.md */
export default {
  name: 'ollama',
  options: remoteOptions,
  detect: { port: 11434, path: '/api/version', holds: ['version'] },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'http://127.0.0.1:11434/v1',
      surfaces: ['chat', 'completions', 'embeddings', 'responses'],
    }),
} satisfies RemotePlugin;

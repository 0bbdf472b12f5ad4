import { programPlugin } from '../kits/provider-kit/index.ts';

/** OpenAI-Compatible-API-Proxy-for-Z: GLM-4.5 of chat.z.ai. https://github.com/kbykb/OpenAI-Compatible-API-Proxy-for-Z */
export default programPlugin({
  name: 'OpenAI-Compatible-API-Proxy-for-Z',
  aliases: ['openai-proxy-z'],
  port: 8006,
  surfaces: ['chat'],
  models: { 'GLM-4.5': 'GLM-4.5', 'glm-4.5': 'GLM-4.5' },
  // Without a stream, half an answer looks like a whole one.
  quirks: { streams: 'only', onLeave: 'drain', content: 'string', ends: 'reason' },
  code: {
    git: 'https://github.com/kbykb/OpenAI-Compatible-API-Proxy-for-Z.git',
    commit: '714a3b6a64ab',
  },
  toolchain: 'go',
  packages: { go: '>=1.23' },
  command: '{program}',
  env: {
    PORT: '{port}',
    DEFAULT_KEY: '{key}',
    // Without this it sends a token left in its source.
    UPSTREAM_TOKEN: 'none',
    // Otherwise it logs whole conversations.
    DEBUG_MODE: 'false',
  },
  secrets: { UPSTREAM_TOKEN: { required: false, description: 'a token of chat.z.ai; without it, a guest' } },
  probe: { path: '/v1/models' },
  notes: {
    writes: ["10 MB, and Go's own caches"],
    risks: [
      'unofficial: it uses guest sessions of chat.z.ai, which may be against its terms',
      'chat.z.ai requires a signature since 2025-09-30, which this commit does not make: answers may fail with 426',
      'it listens on every address of this machine, with the key that the gateway made for it',
      'it states no licence',
    ],
  },
});

import { programPlugin } from '../kits/provider-kit/index.ts';

/** ZtoApi: GLM-4.5 of chat.z.ai. https://github.com/libaxuan/ZtoApi */
export default programPlugin({
  name: 'ZtoApi',
  port: 8009,
  surfaces: ['chat'],
  models: { 'GLM-4.5': 'GLM-4.5', 'glm-4.5': 'GLM-4.5' },
  // Without a stream, half an answer looks like a whole one.
  quirks: { streams: 'only', onLeave: 'drain', content: 'string', ends: 'reason' },
  code: { git: 'https://github.com/libaxuan/ZtoApi.git', commit: 'ac455246e859' },
  toolchain: 'go',
  packages: { go: '>=1.23' },
  command: '{program}',
  env: {
    PORT: '{port}',
    DEFAULT_KEY: '{key}',
    ZAI_TOKEN: '',
    // Otherwise it logs whole conversations, and shows every client's requests to anyone.
    DEBUG_MODE: 'false',
    DASHBOARD_ENABLED: 'false',
  },
  secrets: { ZAI_TOKEN: { required: false, description: 'a token of chat.z.ai; without it, a guest' } },
  probe: { path: '/v1/models' },
  notes: {
    licence: 'MIT, which it names only since a later commit',
    writes: ["10 MB, and Go's own caches"],
    risks: [
      'unofficial: it uses guest sessions of chat.z.ai, which may be against its terms',
      'chat.z.ai requires a signature since 2025-09-30, which this commit does not make: answers may fail with 426',
      'it listens on every address of this machine, with the key that the gateway made for it',
    ],
  },
});

import { programPlugin } from '../kits/provider-kit/index.ts';

/** ZtoApits: GLM-4.5 and GLM-4.5V of chat.z.ai. https://github.com/roseforyou/ZtoApi */
export default programPlugin({
  name: 'ZtoApits',
  port: 8011,
  surfaces: ['chat'],
  models: { 'GLM-4.5': 'GLM-4.5', 'glm-4.5': 'GLM-4.5', 'GLM-4.5V': 'GLM-4.5V', 'glm-4.5v': 'GLM-4.5V' },
  // A client disconnect ends the process, so none is passed on; and without a stream 'undefined' is between words.
  quirks: { streams: 'only', onLeave: 'drain', ends: 'reason' },
  code: {
    git: 'https://github.com/roseforyou/ZtoApi.git',
    commit: 'b6393384152888512f01ca416ce6f8af26c87bab',
  },
  toolchain: 'deno',
  packages: { deno: '>=2', entry: 'main.ts' },
  command: '{deno} run --no-prompt --allow-net --allow-env {checkout}/main.ts',
  env: {
    PORT: '{port}',
    DEFAULT_KEY: '{key}',
    ZAI_TOKEN: '',
    // Otherwise it logs whole conversations, and shows every client's requests to anyone.
    DEBUG_MODE: 'false',
    DASHBOARD_ENABLED: 'false',
    // With the first it uses the newer of its two servers, which checks the second and takes more load.
    DENO_DEPLOYMENT_ID: 'local',
    DENO_SERVE_ADDRESS: 'tcp:{host}:{port}',
    DENO_DIR: '{denodir}',
    DENO_NO_PACKAGE_JSON: '1',
    DENO_NO_UPDATE_CHECK: '1',
  },
  secrets: { ZAI_TOKEN: { required: false, description: 'a token of chat.z.ai; without it, a guest' } },
  probe: { path: '/v1/models' },
  exits: [
    {
      says: /BadResource|connection closed before message completed|Writable stream is closed/,
      reason: 'a caller left, and that ends this program',
      remedy: 'it is started again',
      passing: true,
      blameless: true,
    },
  ],
  notes: {
    licence: 'MIT',
    writes: ['Deno (92 MB) if this machine does not have version 2'],
    risks: [
      'unofficial: it uses guest sessions of chat.z.ai, which may be against its terms',
      'chat.z.ai requires a signature since 2025-09-30, which this commit does not make: answers may fail with 426',
    ],
  },
});

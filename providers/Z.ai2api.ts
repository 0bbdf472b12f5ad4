import { programPlugin } from '../kits/provider-kit/index.ts';

/** Z.ai2api: GLM of chat.z.ai, with its reasoning and counted tokens. https://github.com/hmjz100/Z.ai2api */
export default programPlugin({
  name: 'Z.ai2api',
  aliases: ['z-ai2api'],
  port: 8010,
  surfaces: ['chat'],
  models: { 'GLM-4.5': '0727-360B-API', 'glm-4.5': '0727-360B-API', 'glm-4.5v': 'glm-4.5v' },
  quirks: { streams: 'only', onLeave: 'abort', ends: 'reason' },
  // It keeps the state of an answer where the next request overwrites it.
  concurrency: 1,
  code: { git: 'https://github.com/hmjz100/Z.ai2api.git', commit: '0bf1d2f3aca6' },
  toolchain: 'python',
  packages: { python: '>=3.12', requirements: 'requirements.txt' },
  command: '{python} -m flask --app {checkout}/app.py run -h {host} -p {port}',
  env: { PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' },
  secrets: { TOKEN: { required: false, description: 'a token of chat.z.ai; a guest otherwise' } },
  // A GET request would be sent on upstream.
  probe: { method: 'OPTIONS', path: '/v1/models' },
  exits: [
    {
      says: /SyntaxError: (?:unterminated string literal|f-string)/,
      reason: 'this Python is too old for it',
      remedy: 'install Python 3.12 or newer, or name one in toolchains.python.python',
    },
  ],
  notes: {
    licence: 'AGPL-3.0',
    writes: ['33 MB of packages from PyPI'],
    risks: [
      'unofficial: it uses guest sessions of chat.z.ai, which may be against its terms',
      'chat.z.ai requires a signature since 2025-09-30, which this commit does not make: answers may fail with 426',
      'it needs no key: anyone on this machine can use it',
    ],
  },
});

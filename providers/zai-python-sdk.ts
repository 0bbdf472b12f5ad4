import { fileURLToPath } from 'node:url';
import { programPlugin } from '../kits/provider-kit/index.ts';

const server = fileURLToPath(new URL('../apis/zai-python-sdk.py', import.meta.url));

/** zai-python-sdk: a library for chat.z.ai, with a small server of ours around it. https://github.com/iotbackdoor/zai-python-sdk */
export default programPlugin({
  name: 'zai-python-sdk',
  port: 8007,
  surfaces: ['chat'],
  models: { 'GLM-4.5': '0727-360B-API', 'glm-4.5': '0727-360B-API', 'glm-4.5v': 'glm-4.5v' },
  quirks: { streams: 'both', onLeave: 'abort', content: 'string' },
  concurrency: 8,
  code: { git: 'https://github.com/iotbackdoor/zai-python-sdk.git', commit: '235656e' },
  toolchain: 'python',
  packages: { python: '>=3.10', named: ['requests==2.34.2'] },
  command: ['{python}', server, '{checkout}'],
  env: {
    HOST: '{host}',
    PORT: '{port}',
    API_KEY: '{key}',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
  },
  secrets: { ZAI_TOKEN: { required: false, description: 'a token of chat.z.ai; without it, a guest' } },
  probe: { path: '/health' },
  notes: {
    licence: 'MIT',
    writes: ['29 MB of packages from PyPI'],
    risks: [
      'unofficial: it uses guest sessions of chat.z.ai, which may be against its terms',
      'chat.z.ai requires a signature since 2025-09-30, which this commit does not make: answers may fail with 426',
    ],
  },
});

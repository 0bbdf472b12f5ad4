import { programPlugin } from '../kits/provider-kit/index.ts';

const MODELS = ['GLM-4.5', 'GLM-4.5-Thinking', 'GLM-4.5-Search', 'GLM-4.5-Air', 'MBZUAI-IFM/K2-Think'];
const LONGCAT = ['LongCat-Flash', 'LongCat', 'LongCat-Search'];

/** z.ai2api_python: GLM, K2-Think and LongCat. https://github.com/ZyphrZero/z.ai2api_python */
export default programPlugin({
  name: 'z.ai2api_python',
  aliases: ['z-ai2api-python'],
  port: 8008,
  surfaces: ['chat'],
  models: {
    ...Object.fromEntries([...MODELS, ...LONGCAT].map((name) => [name, name])),
    'glm-4.5': 'GLM-4.5',
  },
  // Without a stream GLM's answer is always the same sentence.
  quirks: {
    streams: 'only',
    onLeave: 'abort',
    reasoning: ['thinking-delta', 'details-tags'],
    failureTexts: ['非流式响应处理中'],
    ends: 'reason',
  },
  code: { git: 'https://github.com/ZyphrZero/z.ai2api_python.git', commit: '544d00fc75e7' },
  toolchain: 'python',
  packages: { python: '>=3.9 <3.14', requirements: 'requirements.txt' },
  // Without it, one stop in three never ends.
  command:
    '{python} -m granian --interface asgi --host {host} --port {port} --workers-kill-timeout 5 main:app',
  env: {
    PYTHONPATH: '{checkout}',
    AUTH_TOKEN: '{key}',
    // Otherwise it logs whole conversations.
    DEBUG_LOGGING: 'false',
    // Retries are the gateway's business: it can use another target.
    MAX_RETRIES: '0',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
  },
  secrets: {
    LONGCAT_PASSPORT_TOKEN: {
      required: false,
      description: 'a token of longcat.chat, for the models of that name',
    },
  },
  probe: { path: '/' },
  exits: [
    {
      says: /Failed to fetch X-FE-Version/,
      reason: 'it wants chat.z.ai before it starts and cannot reach it',
      remedy: 'look at the network, or set env: { ANONYMOUS_MODE: "false" }',
      passing: true,
    },
  ],
  notes: {
    licence: 'MIT',
    writes: ['59 MB of packages from PyPI'],
    risks: [
      'unofficial: it uses guest sessions of chat.z.ai, which may be against its terms',
      'chat.z.ai requires a signature since 2025-09-30, which this commit does not make: answers may fail with 426',
      'its token pages need no key: anyone on this machine can read and change the tokens',
    ],
  },
});

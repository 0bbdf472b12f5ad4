import { programPlugin } from '../kits/provider-kit/index.ts';

/**
 * qwen-api: its repository contains only the description of a hosted API, and that API answers. Code that serves it on
 * this machine is in a fork, which `source` can name: https://github.com/Zeeeepa/qwen-api.git at e6a37b5bb7cb.
 */
export default programPlugin({
  name: 'qwen-api',
  port: 8000,
  hosted: {
    baseUrl: 'https://qwen.aikit.club/v1',
    surfaces: ['chat', 'images'],
    models: {
      'qwen-max-latest': 'qwen-max-latest',
      'qwen-max': 'qwen-max-latest',
      'qwen3-coder-plus': 'qwen3-coder-plus',
      'qwen-deep-research': 'qwen-deep-research',
    },
  },
  surfaces: ['chat'],
  models: {
    'qwen3-max': 'qwen3-max',
    'qwen-max': 'qwen3-max',
    'qwen-plus': 'qwen3-max',
    'qwen-turbo': 'qwen3-max',
    'qwen3-vl-plus': 'qwen3-vl-plus',
    'qwen3-coder-plus': 'qwen3-coder-plus',
    'qwen2.5-72b-instruct': 'qwen2.5-72b-instruct',
    'qwen2.5-coder-32b-instruct': 'qwen2.5-coder-32b-instruct',
  },
  // It answers a request for a stream with 400, as if the client were at fault.
  quirks: { streams: 'never', onLeave: 'drain', content: 'string', retryStatuses: [400], tidy: true },
  toolchain: 'python',
  packages: { python: '>=3.9 <3.14', requirements: 'py-api/requirements.txt' },
  command:
    '{python} -m uvicorn qwen-api.api_server:app --app-dir {checkout}/py-api --host {host} --port {port} ' +
    '--timeout-graceful-shutdown 5',
  env: { PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' },
  secrets: {
    QWEN_BEARER_TOKEN: { required: true, description: 'a token of chat.qwen.ai' },
  },
  probe: { path: '/' },
  exits: [
    {
      says: /QWEN_BEARER_TOKEN not configured/,
      reason: 'it was given no token',
      remedy: 'set providers.qwen-api.secrets.QWEN_BEARER_TOKEN',
    },
  ],
  notes: {
    licence: 'MIT where the description is; the fork names none',
    writes: ['312 MB of packages from PyPI if a source is configured'],
    risks: [
      'unofficial: it uses a web session of chat.qwen.ai, which may be against its terms',
      'it needs no key: anyone on this machine can use it',
    ],
  },
});

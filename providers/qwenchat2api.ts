import { programPlugin } from '../kits/provider-kit/index.ts';

/** qwenchat2api: Qwen's web chat behind OpenAI's API. https://github.com/icheer/qwenchat2api */
export default programPlugin({
  name: 'qwenchat2api',
  port: 8001,
  surfaces: ['chat'],
  models: {
    'qwen-max': 'qwen-max-latest',
    'qwen-max-latest': 'qwen-max-latest',
    'qwen-plus': 'qwen-plus-latest',
    'qwen-turbo': 'qwen-turbo-latest',
    'qwen3-max': 'qwen3-max',
    'qwen3-coder-plus': 'qwen3-coder-plus',
  },
  quirks: {
    streams: 'only',
    onLeave: 'abort',
    reasoning: ['think-each-delta'],
    ends: 'reason',
    retryStatuses: [401, 403],
  },
  code: { git: 'https://github.com/icheer/qwenchat2api.git', commit: '55fe063a29d0' },
  toolchain: 'deno',
  packages: { deno: '>=1.46', entry: 'main.ts' },
  // It always listens on port 8000 of every address: the first module changes that, the second is the program.
  files: {
    'listen.ts':
      'const listen = Deno.listen.bind(Deno);\n' +
      'Deno.listen = ((options: object) => listen({ ...options, hostname: "{host}", port: {port} })) as typeof Deno.listen;\n',
    'start.ts': 'import "./listen.ts";\nimport "file://{checkout}/main.ts";\n',
  },
  command: '{deno} run --no-prompt --allow-net --allow-env {data}/start.ts',
  env: {
    DENO_DIR: '{denodir}',
    DENO_NO_PACKAGE_JSON: '1',
    DENO_NO_UPDATE_CHECK: '1',
    OPENAI_API_KEY: '{key}',
  },
  secrets: {
    API_KEY: { required: true, description: 'tokens of chat.qwen.ai, separated by commas' },
    SSXMOD_ITNA: { required: false, description: 'the cookie of that name' },
  },
  probe: { path: '/' },
  exits: [
    {
      says: /API_KEY (?:environment variable is not set|环境变量未设置)/,
      reason: 'it was given no token',
      remedy: 'set providers.qwenchat2api.secrets.API_KEY',
    },
    {
      says: /Module not found|error sending request|dns error/,
      reason: 'the modules it imports by URL are not there',
      remedy: 'see that deno.land can be reached, or name a source with its modules',
    },
  ],
  notes: {
    writes: ['Deno (92 MB) if this machine has none, and modules from deno.land'],
    risks: [
      'unofficial: it uses a web session of chat.qwen.ai, which may be against its terms',
      'it states no licence',
    ],
  },
});

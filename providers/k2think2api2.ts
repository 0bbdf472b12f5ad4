import { programPlugin } from '../kits/provider-kit/index.ts';

const MODEL = 'MBZUAI-IFM/K2-Think';

/** k2think2api2: its repository is gone. With a relative's code named as `source` it runs as that one does. */
export default programPlugin({
  name: 'k2think2api2',
  port: 8003,
  surfaces: ['chat'],
  models: { [MODEL]: MODEL, 'k2-think': MODEL },
  quirks: {
    streams: 'both',
    onLeave: 'abort',
    reasoning: ['think-tags'],
    failureTexts: ['🔄 tokens强制刷新已启动', '请求处理失败'],
    ends: 'reason',
    usage: 'invented',
  },
  unavailable:
    'its source is no longer available: name its code, or its nearest relative, in providers.k2think2api2.source: { git: https://github.com/zsuroy/k2think2api.git, commit: 251b1ab }; k2Think2Api and k2think2api3 have the same model',
  toolchain: 'python',
  packages: { python: '>=3.10', requirements: 'requirements.txt' },
  command:
    '{python} -m uvicorn k2think_proxy:app --app-dir {checkout} --host {host} --port {port} ' +
    '--timeout-graceful-shutdown 5',
  env: {
    VALID_API_KEY: '{key}',
    PROXY_MODE: 'guest',
    GUEST_TOKENS_FILE: '{data}/tokens.txt',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
  },
  secrets: { TOKENS: { required: false, fileOnly: true, description: 'guest tokens, one per line' } },
  files: { 'tokens.txt': '{TOKENS}\n' },
  probe: { path: '/health' },
  notes: {
    writes: ['74 MB of packages from PyPI if a source is configured'],
    risks: ['unofficial: it uses guest sessions of k2think.ai, which may be against its terms'],
  },
});

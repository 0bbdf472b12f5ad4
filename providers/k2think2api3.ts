import { programPlugin } from '../kits/provider-kit/index.ts';

const MODEL = 'MBZUAI-IFM/K2-Think';

/** k2think2api3: K2-Think with accounts, tools and pictures. https://github.com/zhaoxiaozhao07/k2think2api */
export default programPlugin({
  name: 'k2think2api3',
  port: 8002,
  surfaces: ['chat'],
  models: { [MODEL]: MODEL, 'k2-think': MODEL, [`${MODEL}-nothink`]: `${MODEL}-nothink` },
  quirks: {
    streams: 'both',
    onLeave: 'abort',
    reasoning: ['think-tags'],
    failureTexts: ['🔄 tokens强制刷新已启动', '请求处理失败'],
    ends: 'reason',
    usage: 'invented',
  },
  code: { git: 'https://github.com/zhaoxiaozhao07/k2think2api.git', commit: 'b571571e2e8f' },
  toolchain: 'python',
  packages: { python: '>=3.10', requirements: 'requirements.txt' },
  command:
    '{python} -m uvicorn k2think_proxy:app --app-dir {checkout} --host {host} --port {port} ' +
    '--timeout-graceful-shutdown 5',
  env: {
    VALID_API_KEY: '{key}',
    TOKENS_FILE: '{data}/tokens.txt',
    // One bad answer counts three times, and a token that is out stays out.
    MAX_TOKEN_FAILURES: '1000',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
  },
  secrets: {
    TOKENS: { required: true, fileOnly: true, description: 'tokens of k2think.ai, one per line' },
  },
  files: { 'tokens.txt': '{TOKENS}\n' },
  probe: { path: '/health', ready: hasTokens },
  exits: [
    {
      says: /Token文件|未找到有效的token|账户文件/,
      reason: 'it found no token that it could use',
      remedy: 'set providers.k2think2api3.secrets.TOKENS, one token a line',
    },
  ],
  notes: {
    writes: ['74 MB of packages from PyPI'],
    risks: [
      'unofficial: it uses web sessions of k2think.ai, which may be against its terms',
      'its token pages need no key: anyone on this machine can read and change the tokens',
      'it states no licence',
    ],
  },
});

/** It reports itself healthy when it can no longer answer. */
function hasTokens(body: unknown): string | undefined {
  const active = (body as { tokens?: { active?: number } } | null)?.tokens?.active ?? 0;
  return active > 0 ? undefined : 'none of its tokens is in use any more; look at them and restart it';
}

import { programPlugin } from '../kits/provider-kit/index.ts';

const MODEL = 'MBZUAI-IFM/K2-Think';

/** k2Think2Api: K2-Think as a guest, without an account. https://github.com/rinuldui-dotcom/k2Think2Api */
export default programPlugin({
  name: 'k2Think2Api',
  port: 8004,
  surfaces: ['chat'],
  models: { [MODEL]: MODEL, 'k2-think': MODEL },
  // Any upstream failure ends in an empty answer.
  quirks: { streams: 'only', onLeave: 'abort', ends: 'reason' },
  code: {
    git: 'https://github.com/rinuldui-dotcom/k2Think2Api.git',
    commit: '1fb6a584836028e08082d4079c3e9507f804ae51',
  },
  toolchain: 'python',
  packages: { python: '>=3.10 <3.13', requirements: 'requirements.txt' },
  command:
    '{python} -m uvicorn main:app --app-dir {checkout} --host {host} --port {port} ' +
    '--timeout-graceful-shutdown 5',
  env: { PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' },
  files: { 'client_api_keys.json': '["{key}"]' },
  probe: { path: '/openapi.json' },
  notes: {
    writes: ['78 MB of packages from PyPI', 'uploads/ in its own folder'],
    risks: [
      'unofficial: it uses guest sessions of k2think.ai, which may be against its terms',
      'it runs function calls of the model itself, with made-up functions and a calculator',
      'it states no licence',
    ],
  },
});

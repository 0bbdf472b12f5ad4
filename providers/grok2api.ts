import { programPlugin } from '../kits/provider-kit/index.ts';

/** grok2api: Grok's web chat behind OpenAI's API. https://github.com/VeroFess/grok2api */
export default programPlugin({
  name: 'grok2api',
  port: 8005,
  surfaces: ['chat'],
  models: Object.fromEntries(
    ['grok-3', 'grok-4', 'grok-auto', 'grok-fast', 'grok-expert', 'grok-deepsearch', 'grok-image'].map(
      (name) => [name, name],
    ),
  ),
  // Without a stream it always fails; with one it sends no finish reason.
  quirks: { streams: 'only', onLeave: 'drain', reasoning: ['think-tags'], ends: 'done' },
  concurrency: 8,
  code: { git: 'https://github.com/VeroFess/grok2api.git', commit: '116179340f59' },
  toolchain: 'python',
  packages: {
    python: '>=3.10',
    named: [
      'flask==3.1.3',
      'curl_cffi==0.17.0',
      'gunicorn==27.0.1',
      'playwright==1.65.2',
      'requests==2.34.2',
      'werkzeug==3.1.9',
      'loguru==0.7.3',
      'python-dotenv==1.2.4',
    ],
  },
  command:
    '{python} -m gunicorn wsgi:app --chdir {checkout} --bind {host}:{port} --workers 1 --threads ' +
    '8 --worker-class gthread --timeout 180 --graceful-timeout 5 --no-control-socket',
  env: {
    API_KEY: '{key}',
    // Otherwise it starts a browser to find out headers.
    DISABLE_DYNAMIC_HEADERS: 'true',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
  },
  secrets: {
    SSO: {
      required: true,
      description: "cookies of grok.com, separated by commas, each 'sso-rw=X;sso=X'",
    },
    SSO_SUPER: { required: false, description: 'the same for paid accounts' },
    CF_CLEARANCE: { required: false, description: 'the cookie of that name' },
  },
  probe: { path: '/health' },
  exits: [
    {
      says: /Connection in use/,
      reason: 'its port is in use',
      remedy: 'end that, or give it another port',
      passing: true,
    },
    {
      says: /Permission denied: '\/data/,
      reason: 'it writes into /data and must not',
      remedy: 'make that folder and give it to the user the gateway runs as; the program takes no other',
    },
  ],
  notes: {
    writes: [
      '247 MB of packages from PyPI',
      '/data/token_status.json, with every cookie it ever had, unencrypted',
    ],
    risks: [
      'unofficial: it uses web sessions of grok.com, which may be against its terms; accounts may be closed',
      'a cookie that was removed from the config is used until it is deleted from /data/token_status.json',
      'it states no licence',
    ],
  },
});

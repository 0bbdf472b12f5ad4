import { programPlugin } from '../kits/provider-kit/index.ts';

const MODELS = [
  'claude-opus-4-1-20250805',
  'claude-opus-4-20250514',
  'claude-sonnet-4-20250514',
  'claude-3-7-sonnet-20250219',
  'claude-3-7-sonnet-latest',
  'claude-3-5-haiku-latest',
  'claude-3-5-haiku-20241022',
  'claude-3-haiku-20240307',
];

/** TalkAI: claude.talkai.info, through CtoAPi. https://github.com/libaxuan/CtoAPi */
export default programPlugin({
  name: 'TalkAI',
  port: 8012,
  surfaces: ['chat'],
  models: Object.fromEntries(MODELS.map((name) => [name, name])),
  quirks: { streams: 'both', onLeave: 'drain', content: 'string', ends: 'reason', retryStatuses: [401, 403] },
  code: {
    git: 'https://github.com/libaxuan/CtoAPi.git',
    commit: 'b06f25cca62c8976a82207f6058f07339247d31b',
  },
  toolchain: 'go',
  packages: { go: '>=1.21' },
  command: '{program}',
  files: { 'models.json': { from: 'models.json' } },
  env: {
    PORT: '{port}',
    // Without this it generates one and logs it.
    API_KEYS: '{key}',
    GIN_MODE: 'release',
    DEBUG_MODE: 'false',
    DASHBOARD_ENABLED: 'false',
  },
  probe: { path: '/docs' },
  notes: {
    writes: ["14 MB, and Go's own caches"],
    risks: [
      'unofficial: it uses a web page of talkai.info, which may be against its terms',
      'it loses spaces between words, and an answer that was cut upstream looks whole',
      'it listens on every address of this machine, with the key that the gateway made for it',
      'its page says MIT, and it has no licence file',
    ],
  },
});

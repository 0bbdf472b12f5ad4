import { programPlugin } from '../kits/provider-kit/index.ts';

/** copilot-proxy: GitHub Copilot behind OpenAI's API, by copilot-api. https://github.com/ericc-ch/copilot-api */
export default programPlugin({
  name: 'copilot-proxy',
  port: 8013,
  surfaces: ['chat', 'embeddings'],
  models: {
    'gpt-4o': 'gpt-4o',
    'gpt-4.1': 'gpt-4.1',
    'gpt-4o-mini': 'gpt-4o-mini',
    'claude-sonnet-4': 'claude-sonnet-4',
    'text-embedding-3-small': 'text-embedding-3-small',
  },
  quirks: { streams: 'both', onLeave: 'drain', retryStatuses: [401, 403] },
  toolchain: 'node',
  packages: { node: '>=20', npm: 'copilot-api@0.7.0' },
  command: '{node} {app}/dist/main.js start --proxy-env --port {port}',
  env: { HOST: '{host}', HOME: '{data}' },
  secrets: {
    // As an argument, every user of this machine could see it.
    GH_TOKEN: { required: true, fileOnly: true, description: 'a token of a GitHub account that has Copilot' },
  },
  files: { '.local/share/copilot-api/github_token': '{GH_TOKEN}' },
  probe: { path: '/' },
  exits: [
    {
      says: /Failed to get Copilot token/,
      reason: 'GitHub gives no access to Copilot for its token',
      remedy: 'look at providers.copilot-proxy.secrets.GH_TOKEN, and whether that account has Copilot',
    },
    {
      says: /fetch failed/,
      reason: 'it asks GitHub before it starts and cannot reach it',
      remedy: 'look at the network',
      passing: true,
    },
  ],
  notes: {
    licence: 'MIT',
    writes: ['75 MB of packages from npm', 'the token, in its own folder'],
    risks: [
      'unofficial: GitHub may suspend accounts for automated use of Copilot',
      'it needs no key, and gives its token to any program on this machine',
    ],
  },
});

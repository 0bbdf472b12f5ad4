import type { OptionsOf, ProviderPlugin } from '../core/contracts/index.ts';
import { quirksSchema, remote, remoteOptions } from '../kits/provider-kit/index.ts';

const options = {
  ...remoteOptions,
  required: ['baseUrl'],
  properties: { ...remoteOptions.properties, quirks: quirksSchema },
} as const;

/** Any server with an OpenAI-compatible API, by URL. */
export default {
  name: 'openai-compatible',
  options,
  create: ({ quirks = {}, ...given }, host) => remote(given, host, { baseUrl: 'http://127.0.0.1', quirks }),
} satisfies ProviderPlugin<OptionsOf<typeof options>>;

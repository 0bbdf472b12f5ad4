import { remote, remoteOptions, type ProviderPlugin, type RemoteOptions } from '../core/provider.ts';

/** Anything that speaks OpenAI under a URL of yours. */
export default {
  name: 'openai-compatible',
  options: { ...remoteOptions, required: ['baseUrl'] },
  create: (options, host) => remote(options, host, { baseUrl: 'http://127.0.0.1' }),
} satisfies ProviderPlugin<RemoteOptions>;

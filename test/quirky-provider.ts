/**
 * A remote provider with an OpenAI-compatible API and any quirks that a test gives it: a provider by path, as a user
 * may write one.
 */
import {
  remote,
  remoteOptions,
  type ProviderPlugin,
  type Quirks,
  type RemoteOptions,
} from '../kits/provider-kit/index.ts';

type Options = RemoteOptions & { readonly quirks?: Partial<Quirks> };

export default {
  name: 'quirky-provider',
  options: {
    ...remoteOptions,
    properties: { ...remoteOptions.properties, quirks: { type: 'object', additionalProperties: true } },
  },
  create: ({ quirks = {}, ...options }, host) =>
    remote(options, host, { baseUrl: 'http://127.0.0.1', quirks }),
} satisfies ProviderPlugin<Options>;

/** What a config's `use` says to have it. */
export const quirky = import.meta.filename;

/** A remote that speaks OpenAI, with whatever quirks a test gives it: a provider by path, as anybody may write one. */
import {
  remote,
  remoteOptions,
  type ProviderPlugin,
  type Quirks,
  type RemoteOptions,
} from '../kits/provider-kit/index.ts';

type Options = RemoteOptions & { readonly quirks?: Partial<Quirks> };

export default {
  name: 'quirky',
  options: {
    ...remoteOptions,
    properties: { ...remoteOptions.properties, quirks: { type: 'object', additionalProperties: true } },
  },
  create: ({ quirks = {}, ...options }, host) =>
    remote(options, host, { baseUrl: 'http://127.0.0.1', quirks }),
} satisfies ProviderPlugin<Options>;

/** What a config's `use` says to have it. */
export const quirky = import.meta.filename;

import {
  remote,
  remoteOptions,
  type ProviderPlugin,
  type Quirks,
  type RemoteOptions,
} from '../core/provider.ts';
import { quirksSchema } from '../core/quirks.ts';

/** Anything that speaks OpenAI under a URL of yours, as well as it can. */
export default {
  name: 'openai-compatible',
  options: {
    ...remoteOptions,
    required: ['baseUrl'],
    properties: { ...remoteOptions.properties, quirks: quirksSchema },
  },
  create: ({ quirks = {}, ...options }, host) =>
    remote(options, host, { baseUrl: 'http://127.0.0.1', quirks }),
} satisfies ProviderPlugin<RemoteOptions & { quirks?: Partial<Quirks> }>;

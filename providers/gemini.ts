import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';
import { facts, KEYS } from './gemini/facts.ts';
import { withInnerModels } from './gemini/inner-models.ts';

/** Google's Gemini API, which callers of other APIs reach by a translation. https://ai.google.dev/api */
export default {
  name: 'gemini',
  aliases: ['google'],
  options: remoteOptions,
  detect: { env: KEYS },
  create: (options, host) => withInnerModels(remote(options, host, facts)),
} satisfies RemotePlugin;

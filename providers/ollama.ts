import { type ProviderPlugin, remote, remoteOptions } from '../kits/provider-kit/index.ts';
import { nativeOptions, surfacesOf, withOwnApi, type WithNative } from './ollama/native.ts';

const options = {
  ...remoteOptions,
  properties: { ...remoteOptions.properties, native: nativeOptions },
} as const;

/** Ollama on this machine. https://github.com/ollama/ollama/tree/main/docs */
export default {
  name: 'ollama',
  options,
  detect: { port: 11434, path: '/api/version', holds: ['version'] },
  create: ({ native, ...given }, host) => {
    const facts = { baseUrl: 'http://127.0.0.1:11434/v1', surfaces: surfacesOf(native) };
    return withOwnApi(remote(given, host, facts), native);
  },
} satisfies ProviderPlugin<WithNative>;

import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/**
 * Hugging Face's router: many vendors behind one key. Machines have HF_TOKEN for downloads, so it makes no provider by
 * itself. https://huggingface.co/docs/inference-providers
 */
export default {
  name: 'huggingface',
  options: remoteOptions,
  detect: { env: 'HUGGINGFACE_API_KEY' },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://router.huggingface.co/v1',
      keyFrom: ['HUGGINGFACE_API_KEY', 'HF_TOKEN'],
      defaultModel: 'openai/gpt-oss-120b',
      surfaces: ['chat', 'responses'],
    }),
} satisfies RemotePlugin;

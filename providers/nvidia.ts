import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

/** NVIDIA's hosted NIM. https://docs.api.nvidia.com/nim/reference/llm-apis */
export default {
  name: 'nvidia',
  options: remoteOptions,
  detect: { env: ['NVIDIA_API_KEY', 'NVIDIA_NIM_API_KEY'] },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'https://integrate.api.nvidia.com/v1',
      keyFrom: ['NVIDIA_API_KEY', 'NVIDIA_NIM_API_KEY'],
      defaultModel: 'openai/gpt-oss-120b',
      surfaces: ['chat', 'completions', 'embeddings'],
    }),
} satisfies RemotePlugin;

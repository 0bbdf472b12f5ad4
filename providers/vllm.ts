import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

const surfaces = 'chat completions embeddings responses audio messages count_tokens rerank tokenize'.split(
  ' ',
);

/** vLLM on this machine. https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html */
export default {
  name: 'vllm',
  options: remoteOptions,
  detect: { port: 8000, path: '/v1/models', holds: ['vllm'] },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'http://127.0.0.1:8000/v1',
      surfaces,
    }),
} satisfies RemotePlugin;

import { remote, remoteOptions, type RemotePlugin } from '../kits/provider-kit/index.ts';

const surfaces = 'chat completions embeddings responses messages count_tokens rerank tokenize'.split(' ');

/** llama.cpp's server on this machine. https://github.com/ggml-org/llama.cpp/tree/master/tools/server */
export default {
  name: 'llamacpp',
  options: remoteOptions,
  detect: { port: 8080, path: '/v1/models', holds: ['llamacpp'] },
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'http://127.0.0.1:8080/v1',
      surfaces,
    }),
} satisfies RemotePlugin;

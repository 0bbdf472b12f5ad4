/** A provider that is made up: its plugin throws wherever it should write a request. */
import { remote, remoteOptions, type RemotePlugin } from '../../../kits/provider-kit/index.ts';

export default {
  name: 'throwing',
  options: remoteOptions,
  create: (options, host) => ({
    ...remote(options, host, { baseUrl: 'http://127.0.0.1:9/v1', modelsPath: false }),
    request: () => {
      throw new TypeError('no such member');
    },
  }),
} satisfies RemotePlugin;

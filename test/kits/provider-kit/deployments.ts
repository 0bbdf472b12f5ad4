/** A provider that is made up: it has the model in the path of each call, as Azure's deployments are. */
import { remote, remoteOptions, type RemotePlugin } from '../../../kits/provider-kit/index.ts';

export default {
  name: 'deployments',
  options: remoteOptions,
  create: (options, host) =>
    remote(options, host, {
      baseUrl: 'http://127.0.0.1:9/v1',
      modelsPath: false,
      path: (call, model) => `/deployments/${encodeURIComponent(model)}${call.path}`,
    }),
} satisfies RemotePlugin;

import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { PluginRegistry } from '../../config/plugins/registry.ts';
import { root } from '../../gateway.ts';
import { freePort } from '../command.ts';
import { startSwitchyard } from '../switchyard.ts';
import { startModelServer } from '../model-server.ts';
import { testFolder } from '../test-folder.ts';

t.test(
  'a server on a known port, started after the gateway, is found when its model is requested',
  async (t) => {
    const port = await freePort();
    const folder = testFolder(t, {
      providers: {
        'late.ts': `
        import { remote, remoteOptions } from ${JSON.stringify(join(root, 'kits/provider-kit/index.ts'))};
        export default {
          name: 'late',
          options: remoteOptions,
          detect: { port: ${port}, path: '/v1/models', holds: ['data'] },
          create: (options, host) => remote(options, host, { baseUrl: 'http://127.0.0.1:${port}/v1' }),
        };`,
        'openai-compatible.ts': `export { default } from ${JSON.stringify(join(root, 'providers/openai-compatible.ts'))};`,
      },
    });
    symlinkSync(join(root, 'plugins'), join(folder, 'plugins'));
    const other = await startModelServer(t, { list: { data: [{ id: 'known' }] } });
    const switchyard = await startSwitchyard(
      t,
      {
        discover: true,
        unknownModels: undefined,
        providers: { other: { use: 'openai-compatible', baseUrl: other.url } },
      },
      { plugins: await PluginRegistry.read(folder) },
    );
    t.equal((await switchyard.chat({ model: 'late-1' })).status, 404);
    const late = await startModelServer(t, { port, list: { data: [{ id: 'late-1' }] } });
    t.equal((await switchyard.chat({ model: 'late-1' })).headers['x-switchyard-provider'], 'late');
    t.match((await switchyard.ask('/v1/models')).json().data, [{ id: 'known' }, { id: 'late-1' }]);
    t.ok(switchyard.log.some((line) => line.includes(`late is a provider: found on port ${port}`)));
    t.equal(late.asked.length, 1);
    t.equal(other.asked.length, 0, 'no other server got the request');
  },
);

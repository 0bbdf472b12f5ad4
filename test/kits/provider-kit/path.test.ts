import { join } from 'node:path';
import t from 'tap';
import { root } from '../../../gateway.ts';
import { CHAT, startStandIn, well } from '../../servers/stand-in.ts';
import { startSwitchyard } from '../../switchyard.ts';

t.test("a provider may have its own name of the model in each call's path", async (t) => {
  const path = 'POST /v1/deployments/own/chat/completions';
  const server = await startStandIn(t, { [path]: well[CHAT]! });
  const use = join(root, 'test/kits/provider-kit/deployments.ts');
  const one = { use, baseUrl: `${server.url}/v1?api-version=1`, models: { public: 'own' } };
  const switchyard = await startSwitchyard(t, { providers: { one } });
  const answer = await switchyard.chat({ model: 'public' });
  t.equal(answer.json().choices[0].message.content, 'well');
  t.match(server.asked, [{ path, body: { model: 'own' } }]);
});

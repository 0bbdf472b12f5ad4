/** Requests that load a model, or unload it. */
import t from 'tap';
import { startStandIn } from '../../../servers/stand-in.ts';
import { before, lines } from './provider-of-chat.ts';

t.test('to load a model is to say that it can be asked', async (t) => {
  const server = await startStandIn(t, {});
  const { client, switchyard } = await before(t, server);
  t.match(await client.generate({ model: 'm', prompt: '' }), {
    response: '',
    done: true,
    done_reason: 'load',
  });
  t.match(await client.chat({ model: 'm', messages: [], keep_alive: 0 }), {
    message: { content: '' },
    done_reason: 'unload',
  });
  t.match(lines((await switchyard.ask('/api/generate', { body: { model: 'm' } })).text), [{ done: true }]);
  t.strictSame(
    server.asked.filter(({ path }) => path.startsWith('POST')),
    [],
  );
});

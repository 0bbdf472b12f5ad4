/** APIs that have the model, and whether it streams, in the path. */
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { root } from '../../../gateway.ts';
import { startStandIn, says, well, CHAT } from '../../servers/stand-in.ts';
import { startSwitchyard } from '../../switchyard.ts';

const plugins = [join(root, 'test/core/translation/tell.ts')];
const TOLD = { data: 'told' };
const ask = { messages: [{ role: 'user', content: 'hi' }] };

/** A server of that protocol, and a gateway with it as the provider of these models. */
async function startTelling(t: Test, models: Record<string, string>, config: Record<string, unknown> = {}) {
  const server = await startStandIn(t, {
    'POST /v1/models/own%2Fname:tell': says(200, TOLD),
    'POST /v1/models/other:tell': says(200, TOLD),
    'POST /v1/models/down:tell': says(503, { error: { message: 'not now' } }),
  });
  const telling = { use: 'openai-compatible', baseUrl: `${server.url}/v1`, surfaces: ['tell'], models };
  const switchyard = await startSwitchyard(t, { plugins, providers: { telling }, ...config });
  const posts = () => server.asked.filter(({ path }) => path.startsWith('POST'));
  return { switchyard, posts };
}

t.test("a translation's path has the upstream's own name of the model, and its body has none", async (t) => {
  const { switchyard, posts } = await startTelling(t, { public: 'own/name' });
  const answer = await switchyard.chat({ model: 'public', ...ask });
  t.equal(answer.json().choices[0].message.content, 'told');
  t.match(posts(), [{ path: 'POST /v1/models/own%2Fname:tell', body: { text: 'hi' } }]);
  t.strictSame(Object.keys(posts()[0]!.body), ['text']);
});

t.test("a caller's path gets the upstream's name, and its bytes are untouched", async (t) => {
  const { switchyard, posts } = await startTelling(t, { public: 'own/name' });
  const answer = await switchyard.ask('/tell/models/public:tell', { body: '{ "text":"hi" , "x":1}' });
  t.strictSame(answer.json(), TOLD);
  t.match(posts(), [{ path: 'POST /v1/models/own%2Fname:tell', body: { text: 'hi', x: 1 } }]);
});

t.test('another model of the config is asked by its own path', async (t) => {
  const { switchyard, posts } = await startTelling(
    t,
    { down: 'down', other: 'other' },
    { models: { down: { targets: [{ provider: 'telling' }], fallbacks: ['other'] } }, retry: { again: 0 } },
  );
  for (const path of ['/tell/models/down:tell', '/v1/chat/completions']) {
    const body = path.startsWith('/v1') ? { model: 'down', ...ask } : { text: 'hi' };
    const answer = await switchyard.ask(path, { body });
    t.equal(answer.status, 200);
  }
  t.strictSame(
    posts().map(({ path, body }) => [path, body]),
    ['down', 'other', 'down', 'other'].map((name) => [`POST /v1/models/${name}:tell`, { text: 'hi' }]),
  );
});

t.test('what stands in a path is in the body for an API that has it there', async (t) => {
  const server = await startStandIn(t, well);
  const chatting = {
    use: 'openai-compatible',
    baseUrl: `${server.url}/v1`,
    surfaces: ['chat'],
    models: { public: 'own' },
  };
  const switchyard = await startSwitchyard(t, { plugins, providers: { chatting } });
  t.strictSame((await switchyard.ask('/tell/models/public:tell', { body: { text: 'hi' } })).json(), {
    data: 'well',
  });
  const asked = server.asked.find(({ path }) => path === CHAT);
  t.strictSame(asked?.body, { model: 'own', stream: false, ...ask });
});

import t from 'tap';
import { startSwitchyard } from '../../../switchyard.ts';
import { startModelServer, type Reply } from '../../../model-server.ts';
import { says, startStandIn, well } from '../../../servers/stand-in.ts';

const said: Reply = (body) => ({ json: { id: 'x', got: body } });
const failing: Reply = () => ({ status: 500, json: { error: { message: 'not today' } } });
const at = (url: string) => ({ use: 'openai-compatible', baseUrl: url });

t.test(
  'a JSON body with a model is routed by it on any path, with a trace and the next target',
  async (t) => {
    const paths = { '/v1/new/thing': said };
    const one = await startModelServer(t, {
      list: [{ id: 'one' }, { id: 'both' }],
      paths: { '/v1/new/thing': failing },
    });
    const two = await startModelServer(t, { list: [{ id: 'two' }, { id: 'both' }], paths });
    const switchyard = await startSwitchyard(t, {
      strategy: { use: 'priority' },
      unknownModels: undefined,
      providers: { one: at(one.url), two: at(two.url) },
    });
    const ask = (model: string, more = {}) =>
      switchyard.ask('/v1/new/thing?x=1', { body: { pad: 'ü', model, more } });
    const answer = await ask('two', { n: 1 });
    t.match(answer.json(), { got: { pad: 'ü', model: 'two', more: { n: 1 } } });
    t.match(answer.headers, { 'x-switchyard-provider': 'two', 'x-switchyard-model': 'two' });
    t.match(await switchyard.trace(), { surface: 'new', model: 'two', attempts: [{ provider: 'two' }] });

    t.equal(
      (await ask('both')).headers['x-switchyard-provider'],
      'two',
      'a failure is another target’s chance',
    );
    t.equal((await ask('none')).status, 404, 'and an unknown model is reported');
    const long = await ask('two', { text: 'x'.repeat(100_000) });
    t.equal(long.json().got.more.text.length, 100_000);
    t.match((await switchyard.ask('/metrics')).text, /surface="new"/);
  },
);

t.test('a body without a model passes unchanged, to a path that a provider has', async (t) => {
  const one = await startModelServer(t, { list: [{ id: 'one' }], paths: { '/v1/new/thing': said } });
  const switchyard = await startSwitchyard(t, { unknownModels: undefined, providers: { one: at(one.url) } });
  for (const body of [{ a: 1 }, { model: null, a: 1 }, { model: 7 }, [1, 2]]) {
    const answer = await switchyard.ask('/v1/new/thing', { body: JSON.stringify(body) });
    t.equal(answer.status, 200, answer.text);
    t.same(answer.json().got, body);
  }
  const long = { text: 'x'.repeat(300_000) };
  t.same((await switchyard.ask('/v1/new/thing', { body: long })).json().got, long);
});

t.test('a path below one that is translated is asked only of a provider that has the API', async (t) => {
  const chat = await startStandIn(t, well);
  const native = await startStandIn(t, {
    'POST /v1/responses/compact': says(200, { object: 'response.compaction' }),
  });
  const models = { m: 'own' };
  const providers = {
    chat: { ...at(`${chat.url}/v1`), surfaces: ['chat'], models },
    native: { ...at(`${native.url}/v1`), surfaces: ['responses'], models },
  };
  const body = { model: 'm', input: 'hi' };
  const both = await startSwitchyard(t, { strategy: { use: 'priority' }, providers });
  t.match((await both.ask('/v1/responses/compact', { body })).json(), { object: 'response.compaction' });
  const without = await startSwitchyard(t, { providers: { chat: providers.chat } });
  const refused = await without.ask('/v1/responses/compact', { body });
  t.equal(refused.status, 400);
  t.match(refused.json(), { error: { code: 'not_translatable', message: /\/responses\/compact/ } });
  t.notOk(chat.asked.some(({ path }) => path.startsWith('POST')));
});

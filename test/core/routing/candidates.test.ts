import t from 'tap';
import { startSwitchyard } from '../../switchyard.ts';
import { startModelServer } from '../../model-server.ts';

const messages = [{ role: 'user', content: 'hi' }];
/** As by default: what the harness says for other tests is taken back. */
const asShipped = { unknownModels: undefined };

t.test(
  "a model goes to the provider that lists it, in any spelling, and never to another's default",
  async (t) => {
    const paid = await startModelServer(t, { list: { data: [{ id: 'gpt-4o-mini' }, null] } });
    const bare = await startModelServer(t, { list: [null, { id: 'meta-llama/Llama-3' }, { id: 7 }] });
    const ollama = await startModelServer(t, { list: { models: [{ name: 'llama3:latest' }] } });
    const switchyard = await startSwitchyard(t, {
      ...asShipped,
      strategy: { use: 'round-robin' },
      providers: {
        openai: { baseUrl: paid.url, apiKey: 'sk-1' },
        together: { baseUrl: bare.url, apiKey: 'sk-2' },
        ollama: { baseUrl: ollama.url },
      },
    });
    for (const model of ['meta-llama/Llama-3', 'llama3', 'llama3:latest', 'gpt-4o-mini'])
      for (let turn = 0; turn < 10; turn++) t.equal((await switchyard.chat({ model })).status, 200, model);
    t.strictSame([...new Set(paid.asked.map(({ model }) => model))], ['gpt-4o-mini']);
    t.strictSame([...new Set(bare.asked.map(({ model }) => model))], ['meta-llama/Llama-3']);
    t.strictSame([...new Set(ollama.asked.map(({ model }) => model))], ['llama3:latest']);
    t.equal(ollama.asked.length, 20, 'a name without a tag is the one with :latest');
  },
);

t.test('once the config names a provider, an unknown model is a 404 with the nearest name', async (t) => {
  const server = await startModelServer(t, {
    list: { data: [{ id: 'gpt-4o-mini' }, { id: 'llama3:latest' }] },
  });
  const switchyard = await startSwitchyard(t, {
    ...asShipped,
    providers: { openai: { baseUrl: server.url } },
  });
  for (const [model, near] of [
    ['gpt-40-mini', "'gpt-4o-mini'"],
    ['GPT_4o_mini', "'gpt-4o-mini'"],
    ['llama3:8b', "'llama3:latest'"],
  ] as const) {
    const { status, json } = await switchyard.chat({ model });
    t.equal(status, 404, model);
    t.match(json().error, { code: 'model_not_found', param: 'model' });
    t.match(json().error.message, `'${model}' does not exist here; the nearest: ${near}`);
  }
  t.match((await switchyard.chat({ model: 'qwertz' })).json().error.message, /here; there are: gpt-4o-mini/);
  const pinned = await switchyard.ask('/v1/chat/completions?provider=openai', {
    body: { model: 'gpt-9', messages },
  });
  t.equal(pinned.status, 404, 'its default model is not asked for by naming the provider');
  t.match(pinned.json().error.message, /openai has no model 'gpt-9'/);
  t.equal(server.asked.length, 0, 'nothing was sent');
});

t.test('a key in the environment names a provider, too', async (t) => {
  const env = { XAI_API_KEY: 'xai-1' };
  const switchyard = await startSwitchyard(t, { ...asShipped, discover: true }, { env });
  switchyard.gateway.upstreams.get('xai')?.takeList(new Map([['grok-4', {}]]));
  switchyard.gateway.models.forget();
  t.equal((await switchyard.chat({ model: 'gpt-9' })).status, 404);
});

t.test('without a configured provider, the one found answers any model', async (t) => {
  const switchyard = await startSwitchyard(t, { ...asShipped, providers: { embedded: { start: 'manual' } } });
  t.match(switchyard.gateway.models.route('gpt-4o', 'chat').targets, [
    { id: 'embedded/smollm2-135m-instruct' },
  ]);
  const rejecting = await startSwitchyard(t, {
    unknownModels: 'reject',
    providers: { embedded: { start: 'manual' } },
  });
  t.equal((await rejecting.chat({ model: 'gpt-4o' })).status, 404, 'unless the config says otherwise');
});

t.test(
  'a default model answers where the config has one, and not where a provider may have the model',
  async (t) => {
    const lists = await startModelServer(t, { list: { data: [{ id: 'known' }] } });
    const open = await startModelServer(t);
    const swaps = { use: 'openai-compatible', baseUrl: lists.url, defaultModel: 'known' };
    const alone = await startSwitchyard(t, { ...asShipped, providers: { swaps } });
    t.equal((await alone.chat({ model: 'foreign' })).headers['x-switchyard-model'], 'known');
    for (const unknownModels of [undefined, 'route']) {
      const both = await startSwitchyard(t, {
        unknownModels,
        providers: { swaps, open: { use: 'openai-compatible', baseUrl: open.url } },
      });
      for (let turn = 0; turn < 10; turn++)
        t.equal((await both.chat({ model: 'foreign' })).headers['x-switchyard-provider'], 'open');
    }
    t.ok(
      open.asked.every(({ model }) => model === 'foreign'),
      'under the name that was asked for',
    );
    const rejecting = await startSwitchyard(t, { unknownModels: 'reject', providers: { swaps } });
    t.equal((await rejecting.chat({ model: 'foreign' })).status, 404, 'reject in the config goes before it');
  },
);

t.test("a server of one model that answers to any name gets no requests for others' models", async (t) => {
  const single = await startModelServer(t, { list: { data: [{ id: 'tiny.gguf' }] } });
  const other = await startModelServer(t, { list: { data: [{ id: 'big' }] } });
  const switchyard = await startSwitchyard(t, {
    ...asShipped,
    providers: { llamacpp: { baseUrl: single.url }, vllm: { baseUrl: other.url } },
  });
  for (let turn = 0; turn < 10; turn++) t.equal((await switchyard.chat({ model: 'big' })).status, 200);
  t.equal((await switchyard.chat({ model: 'biggest' })).status, 404);
  t.equal(single.asked.length, 0);
});

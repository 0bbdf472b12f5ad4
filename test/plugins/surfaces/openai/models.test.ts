import t from 'tap';
import { startSwitchyard } from '../../../switchyard.ts';
import { openLab } from '../../../lab.ts';
import { startModelServer } from '../../../model-server.ts';
import { openaiSchema } from '../../../openai-schema.ts';
import { startUpstream } from '../../../upstream/upstream.ts';

const SLASHED = 'meta-llama/Llama-3.3-70B-Instruct-Turbo';

t.test('every model that can be requested is listed once, with its providers', async (t) => {
  const { switchyard } = await openLab(t, {
    provider: { models: { small: 's-1', [SLASHED]: 'llama' } },
    config: {
      models: {
        best: { targets: [{ provider: 'lab', model: 's-1' }] },
        small: { targets: [{ provider: 'lab' }] },
      },
    },
  });
  for (const path of ['/v1/models', '/models', '/v1/models/', '//v1//models']) {
    const { status, json } = await switchyard.ask(path);
    t.equal(status, 200, path);
    t.strictSame(openaiSchema('ListModelsResponse')(json()), [], path);
    t.strictSame(
      json().data.map(({ id, owned_by: owner }: { id: string; owned_by: string }) => [id, owner]),
      [
        ['best', 'lab'],
        ['small', 'lab'],
        [SLASHED, 'lab'],
      ],
    );
  }
  const head = await switchyard.ask('/v1/models', { method: 'HEAD' });
  t.match({ status: head.status, text: head.text }, { status: 200, text: '' }, 'HEAD has no body');
});

t.test('one model is found by its id, with any slashes', async (t) => {
  const { switchyard } = await openLab(t, { provider: { models: { [SLASHED]: 'llama', 'a b+c': 'x' } } });
  for (const id of [SLASHED, encodeURIComponent(SLASHED), 'a%20b+c']) {
    const { status, json } = await switchyard.ask(`/v1/models/${id}`);
    t.equal(status, 200, id);
    t.strictSame(openaiSchema('Model')(json()), []);
    t.equal(json().id, decodeURIComponent(id));
  }
});

t.test('a model that does not exist is a 404 that names it', async (t) => {
  const { switchyard } = await openLab(t, { provider: { models: { small: 's-1' } } });
  for (const id of ['nothing', 'meta-llama/nothing', 'toString', '__proto__', 'nothing%2Fat%2Fall']) {
    const { status, json } = await switchyard.ask(`/v1/models/${id}`);
    t.equal(status, 404, id);
    t.match(json().error, { code: 'model_not_found', type: 'invalid_request_error', param: 'model' });
    t.match(json().error.message, `'${decodeURIComponent(id)}'`);
  }
});

t.test('?provider= uses that provider and no other, in any case', async (t) => {
  const [one, other] = await Promise.all([startUpstream({ interval: 0 }), startUpstream({ interval: 0 })]);
  t.teardown(() => Promise.all([one.close(), other.close()]));
  const switchyard = await startSwitchyard(t, {
    providers: {
      one: { use: 'openai-compatible', baseUrl: one.url },
      'other-Lab': { use: 'openai-compatible', baseUrl: other.url },
    },
  });
  for (const pin of ['other-Lab', 'OTHER-lab', 'other_lab', 'one&provider=other-Lab']) {
    for (const turn of [1, 2]) {
      const { status, headers } = await switchyard.ask(`/v1/chat/completions?provider=${pin}&keep=1`, {
        body: { model: 'm', messages: [] },
      });
      t.equal(status, 200, `${pin}, turn ${turn}`);
      t.equal(headers['x-switchyard-provider'], 'other-Lab', pin);
    }
  }
  t.equal(one.posts.length, 0);
  const paths = new Set(other.posts.map(({ path }) => path));
  t.strictSame(paths, new Set(['/v1/chat/completions?keep=1']), 'the pin stays here, the rest goes on');

  const unknown = await switchyard.ask('/v1/chat/completions?provider=unknown', {
    body: { model: 'm', messages: [] },
  });
  t.equal(unknown.status, 404);
  t.match(unknown.json().error, {
    code: 'provider_not_found',
    param: 'provider',
    message: /'unknown'.*one, other-Lab/,
  });
  t.equal((await switchyard.ask('/v1/chat/completions?provider=', { body: { model: 'm' } })).status, 404);
});

t.test("?provider= maps the model by the config, not to that provider's default", async (t) => {
  const { switchyard, upstream } = await openLab(t, {
    provider: { models: { first: 'm-1', second: 'm-2' }, defaultModel: 'first' },
    config: { models: { best: { targets: [{ provider: 'lab', model: 'second' }] } } },
  });
  const body = { model: 'best', messages: [] };
  t.equal((await switchyard.ask('/v1/chat/completions?provider=lab', { body })).status, 200);
  t.match((await switchyard.ask('/route?model=best&provider=lab')).json(), { pick: 'lab/m-2' });
  t.equal(JSON.parse(upstream.posts[0]!.body.toString()).model, 'm-2');
});

t.test('a blocked pinned provider is a 503 with the reason, and no other steps in', async (t) => {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const switchyard = await startSwitchyard(t, {
    providers: {
      down: { use: 'openai-compatible', baseUrl: upstream.url },
      up: { use: 'openai-compatible', baseUrl: upstream.url },
    },
  });
  switchyard.gateway.upstreams.get('down')?.target('*').block('quota', Infinity, 'its quota is used up');
  switchyard.gateway.upstreams.get('down')?.target('*').block('by hand', Infinity, 'switched off by hand');
  for (const stream of [false, true]) {
    const { status, json } = await switchyard.ask('/v1/chat/completions?provider=down', {
      body: { model: 'm', messages: [], stream },
    });
    t.ok(status === 503 || status === 429, `${status}`);
    t.match(json().error.message, /down\/\*.*(its quota is used up|switched off by hand)/);
    t.strictSame(Object.keys(json().error).sort(), ['code', 'message', 'param', 'type']);
  }
  t.equal(upstream.posts.length, 0);
  switchyard.gateway.upstreams.get('down')?.target('*').unblock('quota');
  const { status, json } = await switchyard.ask('/v1/chat/completions?provider=down', {
    body: { model: 'm', messages: [] },
  });
  t.equal(status, 503);
  t.match(json().error, { code: 'provider_unavailable', message: /switched off by hand/ });
  t.equal(
    (await switchyard.chat()).headers['x-switchyard-provider'],
    'up',
    'without a pin another provider answers',
  );
});

t.test('an unlisted model is routed to any provider that can answer, or rejected', async (t) => {
  const providers = (baseUrl: string) => ({
    lab: { use: 'openai-compatible', baseUrl, models: { small: 's-1' } },
  });
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());

  const routing = await startSwitchyard(t, { providers: providers(upstream.url) });
  const routed = await routing.chat({ model: 'gpt-unknown' });
  t.equal(routed.status, 200);
  t.equal(routed.headers['x-switchyard-model'], 's-1');
  t.equal(upstream.posts.at(-1)?.json().model, 's-1', 'the model that answers is one the provider has');

  const rejecting = await startSwitchyard(t, { providers: providers(upstream.url), unknownModels: 'reject' });
  const before = upstream.posts.length;
  for (const path of ['/v1/chat/completions', '/v1/completions', '/v1/embeddings', '/v1/responses']) {
    const { status, json } = await rejecting.ask(path, { body: { model: 'gpt-unknown' } });
    t.equal(status, 404, path);
    t.match(json().error, { code: 'model_not_found', param: 'model', message: /'gpt-unknown'.*small/ });
  }
  t.equal(upstream.posts.length, before, 'nothing was sent');
  t.equal((await rejecting.chat({ model: 'small' })).status, 200);
});

t.test('a name may be anything: what objects have by nature, what no header can hold', async (t) => {
  const names = [
    'constructor',
    'toString',
    '__proto__',
    '模型',
    'a\r\nx-injected: 1',
    '\ud800',
    'é',
    ' ',
    'a,b',
  ];
  const { switchyard, upstream } = await openLab(t);
  for (const model of names) {
    for (const stream of [false, true]) {
      const answer = await switchyard.chat({ model, stream });
      t.equal(answer.status, 200, `${JSON.stringify(model)}: ${answer.text}`);
      t.match(answer.headers['x-switchyard-model'], /^[\x20-\x7e]*$/);
      t.notOk('x-injected' in answer.headers);
      t.equal(upstream.posts.at(-1)?.json().model, model);
    }
  }
  const strict = await openLab(t, {
    provider: { models: { m: 'own' } },
    config: { unknownModels: 'reject' },
  });
  for (const model of names) {
    const { status, json } = await strict.switchyard.chat({ model });
    t.match(
      { status, code: json().error.code },
      { status: 404, code: 'model_not_found' },
      JSON.stringify(model),
    );
  }
});

const windows = {
  vllm: { id: 'm', created: 1_600_000_000, owned_by: 'vllm', max_model_len: 8192, root: '/models/m' },
  llamacpp: { id: 'm', created: 1, owned_by: 'llamacpp', meta: { n_ctx: 4096, n_ctx_train: 131_072 } },
};

t.test("an upstream's description of a model is kept, and of several the smallest window", async (t) => {
  const vllm = await startModelServer(t, {
    list: {
      data: [
        windows.vllm,
        { id: 'big', context_length: 131_072, architecture: { input_modalities: ['text'] } },
      ],
    },
  });
  const llamacpp = await startModelServer(t, { list: { data: [windows.llamacpp, null] } });
  const mapped = await startModelServer(t, { list: { data: [{ id: 'own', max_input_tokens: 77 }] } });
  const switchyard = await startSwitchyard(t, {
    providers: {
      vllm: { baseUrl: vllm.url },
      llamacpp: { baseUrl: llamacpp.url },
      mapped: { use: 'openai-compatible', baseUrl: mapped.url, models: { public: 'own' } },
    },
    models: {
      both: {
        targets: [
          { provider: 'vllm', model: 'm' },
          { provider: 'vllm', model: 'big' },
        ],
      },
    },
  });
  const list = (await switchyard.ask('/v1/models')).json();
  t.strictSame(openaiSchema('ListModelsResponse')(list), []);
  const of = (id: string) => list.data.find((one: { id: string }) => one.id === id);
  t.match(of('m'), { created: 1_600_000_000, owned_by: 'vllm', max_model_len: 4096, root: '/models/m' });
  t.match(of('m'), { meta: { n_ctx: 4096 } });
  t.match(of('big'), { context_length: 131_072, architecture: { input_modalities: ['text'] } });
  t.match(of('both'), { max_model_len: 8192, context_length: 8192 }, 'a route of the config is a pool, too');
  t.match(of('public'), { id: 'public', max_input_tokens: 77 }, 'a name of the map has the words of its own');
  t.same((await switchyard.ask('/v1/models/m')).json(), of('m'));

  const one = (await switchyard.ask('/v1/models?provider=llamacpp')).json().data;
  t.match(one, [{ id: 'm', owned_by: 'llamacpp', meta: { n_ctx: 4096, n_ctx_train: 131_072 } }]);
  t.equal(one.length, 1, '?provider= lists those of one');
  t.equal((await switchyard.ask('/v1/models/big?provider=llamacpp')).status, 404);
  t.equal((await switchyard.ask('/v1/models?provider=unknown')).status, 404);
});

t.test('an unknown pinned provider is reported as that, and no other is used', async (t) => {
  const gone = await startModelServer(t);
  await gone.close();
  const switchyard = await startSwitchyard(t, {
    retry: { again: 0 },
    providers: { dead: { use: 'openai-compatible', baseUrl: gone.url } },
  });
  for (const status of [502, 503]) {
    const answer = await switchyard.ask('/v1/chat/completions?provider=dead', {
      body: { model: 'm', messages: [] },
    });
    t.equal(answer.status, status);
    t.match(
      answer.json().error.message,
      /^dead cannot answer, because .*(could not be reached|is out).*\?provider=dead/,
    );
    t.match(answer.json().error.message, /pinned/);
  }
});

import t from 'tap';
import { openLab } from '../../../lab.ts';
import { readRecording } from '../../../upstream/recordings.ts';

/** All that a careless gateway would change: order, spaces, numbers beyond a double, unknown and doubled members. */
const body = (model: string, filler = '') =>
  `{"zeta":1e400, "big":12345678901234567890,\t"temperature":0.70,"model" : "first" ,"messages":[{"role":"user",` +
  `"content":"Gr\\u00fc\\u00dfe \u{1F44B} \\/ ${filler}","x":-0.0}],\n"vendor":{"model":"inner","seed":1.0E+2,"nil":null},` +
  `"model":"${model}","dup":1,"dup":2,"__proto__":{"a":1},"":true}`;

const LONG = 'x'.repeat(40_000);

t.test('a request with the same model name is forwarded byte for byte', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  const paths = [
    '/v1/chat/completions',
    '/v1/completions',
    '/v1/embeddings',
    '/v1/responses',
    '/v1/moderations',
  ];
  for (const path of [...paths, '/v1/images/generations']) {
    for (const filler of ['', LONG]) {
      upstream.forget();
      const { status } = await switchyard.ask(path, { body: body('m', filler) });
      t.equal(status, 200, path);
      const [request] = upstream.posts;
      t.equal(request?.path, path);
      t.equal(request?.body.toString(), body('m', filler), `${path}, ${filler.length} bytes more`);
    }
  }
});

t.test('a mapped name is changed and nothing else is', async (t) => {
  const { switchyard, upstream } = await openLab(t, { provider: { models: { public: 'own/"name"' } } });
  for (const filler of ['', LONG]) {
    upstream.forget();
    const { status, headers } = await switchyard.ask('/v1/chat/completions', {
      body: body('public', filler),
    });
    t.equal(status, 200);
    t.equal(headers['x-switchyard-model'], 'own/"name"');
    t.equal(
      upstream.posts[0]?.body.toString(),
      body('own/\\"name\\"', filler),
      `${filler.length} bytes more`,
    );
  }
  await switchyard.ask('/v1/chat/completions', { body: '{"mod\\u0065l":"\\u0070ublic","messages":[]}' });
  t.equal(
    upstream.posts.at(-1)?.body.toString(),
    '{"mod\\u0065l":"own/\\"name\\"","messages":[]}',
    'escaped',
  );
});

t.test("a form's model is mapped, its other bytes are not touched", async (t) => {
  const { switchyard, upstream } = await openLab(t, { provider: { models: { public: 'own' } } });
  const form = (model: string) =>
    Buffer.concat([
      Buffer.from('--xyz\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'),
      Buffer.from([0, 13, 10, 45, 45, 255, 254]),
      Buffer.from(`\r\n--xyz\r\ncontent-disposition: form-data; name="model"\r\n\r\n${model}\r\n--xyz--\r\n`),
    ]);
  const { status } = await switchyard.ask('/v1/audio/transcriptions', {
    body: form('public'),
    headers: { 'content-type': 'multipart/form-data; boundary=xyz' },
  });
  t.equal(status, 200);
  t.strictSame(upstream.posts[0]?.body, form('own'));
  t.equal(upstream.posts[0]?.headers['content-length'], String(form('own').length));
});

/** The requests of the recordings. */
const COUNTED = { stream: true, stream_options: { include_usage: true } };

t.test('answers are passed on byte for byte, JSON and events', async (t) => {
  const { switchyard, upstream } = await openLab(t, { provider: { models: { public: 'own' } } });
  const recordings = [
    ['/v1/chat/completions', 'openai/chat--openai-text.json'],
    ['/v1/chat/completions', 'openai/chat--openai-text.chunks.txt'],
    ['/v1/completions', 'openai/completion--openai-completion-text.chunks.txt'],
    ['/v1/responses', 'openai/responses--openai-mcp-tool.1.chunks.txt'],
    ['/v1/responses', 'openai/responses--openai-mcp-tool.1.json'],
    ['/v1/embeddings', 'openai/embedding--openai-embedding.json'],
    ['/v1/images/generations', 'openai/image--openai-image.json'],
  ] as const;
  for (const [path, file] of recordings) {
    upstream.behaveOnce('replay', { file });
    const { status, text, headers } = await switchyard.ask(path, {
      body: { model: 'public', ...(file.endsWith('.chunks.txt') ? COUNTED : {}) },
    });
    t.equal(status, 200, file);
    t.equal(text, readRecording(file).body.toString(), file);
    const type = file.endsWith('.json') ? 'application/json' : 'text/event-stream';
    t.match(headers['content-type'], type);
  }
});

t.test("an answer's headers have its provider, its attempts and its request id", async (t) => {
  const { switchyard, upstream } = await openLab(t, { provider: { models: { public: 'own' } } });
  for (const stream of [false, true]) {
    const { headers } = await switchyard.chat({ model: 'public', stream });
    const id = headers['x-switchyard-request-id'] as string;
    t.match(headers, {
      'x-switchyard-provider': 'lab',
      'x-switchyard-model': 'own',
      'x-switchyard-attempts': '1',
      'x-request-id': id,
      'x-upstream': 'upstream',
    });
    t.match(await switchyard.trace(id), { id, ending: 'complete', model: 'public', stream });
  }
  const said = { id: 'x', object: 'chat.completion', choices: [{ index: 0, message: { content: 'a' } }] };
  upstream.behaveOnce('status', { code: 200, body: said, headers: { 'x-request-id': 'req_theirs' } });
  const { headers } = await switchyard.chat();
  t.equal(headers['x-request-id'], 'req_theirs', "the upstream's own id, which its support asks for");
  t.match(await switchyard.trace('req_theirs'), { id: headers['x-switchyard-request-id'] });
});

t.test("errors have ids too, and an upstream's error its provider", async (t) => {
  const { switchyard, upstream } = await openLab(t);
  const own = await switchyard.ask('/v1/chat/completions', { body: '{' });
  t.match(own.headers, { 'x-request-id': /^req_/, 'x-switchyard-request-id': /^req_/ });

  upstream.behaveOnce('status', { code: 400, headers: { 'x-request-id': 'req_theirs', 'x-vendor': '1' } });
  t.match((await switchyard.chat()).headers, {
    'x-request-id': 'req_theirs',
    'x-switchyard-request-id': /^req_(?!theirs)/,
    'x-switchyard-provider': 'lab',
    'x-switchyard-attempts': '1',
    'x-vendor': '1',
  });
  await upstream.close();
  const gone = await switchyard.chat();
  t.equal(gone.status, 502);
  t.match(gone.headers, {
    'x-request-id': /^req_/,
    'x-switchyard-provider': 'lab',
    'x-should-retry': 'false',
  });
});

t.test(
  'the client’s private headers do not go up, and a false x-switchyard-… of an upstream does not come down',
  async (t) => {
    const { switchyard, upstream } = await openLab(t);
    upstream.behaveOnce('status', {
      code: 400,
      headers: {
        'x-switchyard-provider': 'a lie',
        'set-cookie': 'a=b',
        'access-control-allow-origin': 'https://x',
      },
    });
    const { headers } = await switchyard.chat(
      {},
      {
        headers: {
          authorization: 'Bearer my-own',
          'x-api-key': 'my-own',
          cookie: 'a=b',
          'x-forwarded-for': '10.0.0.1',
          'x-switchyard-debug': '1',
          'openai-organization': 'org-1',
          'openai-beta': 'assistants=v2',
          'x-stainless-lang': 'js',
          'user-agent': 'OpenAI/JS 7.0',
          'idempotency-key': 'k',
        },
      },
    );
    const up = upstream.posts[0]?.headers ?? {};
    t.match(up, {
      authorization: 'Bearer upstream-key',
      'openai-organization': 'org-1',
      'openai-beta': 'assistants=v2',
      'x-stainless-lang': 'js',
      'user-agent': 'OpenAI/JS 7.0',
      'idempotency-key': 'k',
      'accept-encoding': 'identity',
      host: new URL(upstream.url).host,
    });
    t.notOk(JSON.stringify(up).includes('my-own'), 'no key of the caller');
    for (const name of ['cookie', 'x-forwarded-for', 'x-switchyard-debug', 'x-api-key'])
      t.notOk(name in up, name);
    t.equal(headers['x-switchyard-provider'], 'lab');
    for (const name of ['set-cookie', 'access-control-allow-origin']) t.notOk(name in headers, name);
  },
);

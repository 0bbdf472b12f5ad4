/** What clients of older days put on the wire: openai-python 0.28, Azure's URLs, base URLs written in every way. */
import t from 'tap';
import { oneRequest, openLab } from '../lab.ts';
import { readRecording } from '../upstream/recordings.ts';

const SAID = 'Hello there, Grüße an 世界 👋.';

/** As `openai/api_requestor.py` of 0.28.1 writes them. */
const PYTHON = [
  'x-openai-client-user-agent: {"bindings_version": "0.28.1", "httplib": "requests", "lang": "python", "lang_version": "3.11.7", "platform": "Linux-6.1", "publisher": "openai", "uname": "Linux"}',
  'user-agent: OpenAI/v1 PythonBindings/0.28.1',
  'authorization: Bearer sk-anything',
  'openai-organization: org-1',
  'content-type: application/json',
  'accept: */*',
  'accept-encoding: gzip, deflate',
];

/** `requests` writes JSON with spaces. */
const python = (fields: object): string => JSON.stringify(fields, undefined, 1).replace(/\n */g, ' ');
const messages = [{ role: 'user', content: 'hi' }];

t.test('openai-python 0.28 gets its answer with any form of base URL', async (t) => {
  const { switchyard, asked } = await openLab(t);
  const bases = ['/v1', '/v1/', '//v1', '', '/'];
  for (const base of bases) {
    for (const path of ['/chat/completions', '/chat/completions/', '/engines/gpt-3.5/chat/completions']) {
      const inPath = path.includes('engines');
      const body = python({ ...(inPath ? {} : { model: 'gpt-3.5' }), messages });
      const answer = await oneRequest(switchyard.url, `POST ${base}${path}`, PYTHON, body);
      t.equal(answer.status, 200, `${base}${path}: ${answer.text}`);
      t.match(JSON.parse(answer.text), { model: 'gpt-3.5', choices: [{ message: { content: SAID } }] });
      const request = asked().at(-1);
      t.equal(request?.path, '/v1/chat/completions');
      t.equal(request?.body.toString(), inPath ? body.replace('{', '{"model":"gpt-3.5",') : body);
    }
  }
  const sent = asked()[0]?.headers ?? {};
  t.match(sent, {
    authorization: 'Bearer upstream-key',
    'openai-organization': 'org-1',
    'user-agent': /PythonBindings/,
  });
  t.notMatch(JSON.stringify(sent), /sk-anything/);
});

t.test('a legacy engine path names the model', async (t) => {
  const { switchyard, asked } = await openLab(t, { provider: { models: { 'text-davinci-003': 'own' } } });
  const cases: [path: string, body: object, expected: object][] = [
    [
      '/v1/engines/text-davinci-003/completions',
      { prompt: 'hi', max_tokens: 5 },
      { choices: [{ text: SAID }] },
    ],
    ['/engines/text-davinci-003/completions', { prompt: 'hi' }, { choices: [{ text: SAID }] }],
    [
      '/v1/engines/text-davinci-003/embeddings',
      { input: ['a', 'b'] },
      { data: [{ index: 0 }, { index: 1 }] },
    ],
    ['/v1//engines/text-davinci-003/embeddings/', { input: 'a', model: '' }, { data: [{ index: 0 }] }],
    [
      '/v1/engines/text-davinci-003/completions',
      { prompt: 'hi', model: null },
      { choices: [{ text: SAID }] },
    ],
    [
      '/v1/engines/text-davinci-003/completions',
      { prompt: 'hi', pad: 'x'.repeat(20_000) },
      { choices: [{ text: SAID }] },
    ],
  ];
  for (const [path, body, expected] of cases) {
    const answer = await oneRequest(switchyard.url, `POST ${path}`, PYTHON, python(body));
    t.equal(answer.status, 200, `${path}: ${answer.text}`);
    t.match(JSON.parse(answer.text), expected);
    t.match(asked().at(-1)?.json(), { ...body, model: 'own' });
    t.notMatch(asked().at(-1)?.path, /engines/);
  }
  const lists = await oneRequest(switchyard.url, 'GET /v1//models', PYTHON);
  t.match(JSON.parse(lists.text).data, [{ id: 'text-davinci-003' }]);
});

t.test('its streams come in the form that it reads: lines, until [DONE]', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  const body = python({ model: 'm', messages, stream: true });
  const { head, text } = await oneRequest(switchyard.url, 'POST /v1/chat/completions', PYTHON, body);
  // 0.28 asks whether the content type holds this, and takes the answer for whole otherwise.
  t.match(head, /content-type: text\/event-stream/);
  t.match(linesOf(text).at(-1), /^data: \[DONE\]$/);
  upstream.behave('error-frame-after-content');
  const failed = await oneRequest(switchyard.url, 'POST /v1/chat/completions', PYTHON, body);
  // It raises where a line's JSON has an `error`.
  t.match(JSON.parse(linesOf(failed.text).at(-1)?.slice('data: '.length) as string), {
    error: { message: /\w/ },
  });
});

/** Lines of data; here chunks of HTTP are lines of one event each. */
const linesOf = (text: string): string[] => text.split(/\r?\n/).filter((line) => line.startsWith('data:'));

t.test("Azure's deployments are models, and its api-version stays here", async (t) => {
  const { switchyard, asked, upstream } = await openLab(t, {
    provider: { models: { 'my deployment': 'own' } },
    config: { server: { apiKeys: ['gateway-key'] } },
  });
  const headers = ['api-key: gateway-key', 'content-type: application/json'];
  const at = (path: string): string =>
    `POST /openai/deployments/my%20deployment${path}?api-version=2023-05-15`;
  for (const fields of [{ messages }, { messages, model: '' }, { model: 'my deployment', messages }]) {
    const answer = await oneRequest(switchyard.url, at('/chat/completions'), headers, python(fields));
    t.equal(answer.status, 200, answer.text);
    t.match(asked().at(-1), { path: '/v1/chat/completions' });
    t.match(asked().at(-1)?.json(), { model: 'own', messages });
  }
  for (const [path, fields] of [
    ['/completions', { prompt: 'hi' }],
    ['/embeddings', { input: 'hi' }],
    ['/images/generations', { prompt: 'hi' }],
    ['/audio/speech', { input: 'hi', voice: 'alloy' }],
  ] as const) {
    const answer = await oneRequest(switchyard.url, at(path), headers, python(fields));
    t.equal(answer.status, 200, `${path}: ${answer.text}`);
    t.match(asked().at(-1)?.json(), { model: 'own', ...fields });
  }
  t.notMatch(JSON.stringify(asked().map((request) => request.headers)), /gateway-key/);
  const locked = await oneRequest(
    switchyard.url,
    at('/chat/completions'),
    ['content-type: application/json'],
    python({ messages }),
  );
  t.equal(locked.status, 401);
  t.equal(upstream.posts.length, 7);
});

t.test('a form sent to a deployment gets the model that its path names', async (t) => {
  const { switchyard, upstream } = await openLab(t, { provider: { models: { whisper: 'own' } } });
  for (const model of [undefined, '', 'whisper']) {
    const form = new FormData();
    form.append('file', new File(['RIFF\r\n\r\n--x'], 'a.wav'));
    if (model !== undefined) form.append('model', model);
    const answer = await fetch(
      `${switchyard.url}/openai/deployments/whisper/audio/transcriptions?api-version=1`,
      {
        method: 'POST',
        body: form,
      },
    );
    t.match(await answer.json(), { text: SAID });
    t.strictSame(upstream.posts.at(-1)?.form?.fields, { model: 'own' }, `'${model}'`);
    t.equal(upstream.posts.at(-1)?.form?.files[0]?.bytes.toString(), 'RIFF\r\n\r\n--x');
  }
});

t.test('an HTTP/1.0 client gets its answer without chunked encoding, ended by the connection', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  const file = 'openai/chat--openai-text.chunks.txt';
  upstream.behave('replay', { file });
  const body = python({ model: 'm', messages, stream: true, stream_options: { include_usage: true } });
  const { head, text } = await oneRequest(switchyard.url, 'POST /v1/chat/completions', PYTHON, body, '1.0');
  t.match(head, /^http\/1\.1 200/);
  t.notMatch(head, /transfer-encoding/);
  t.equal(text, readRecording(file).body.toString());
});

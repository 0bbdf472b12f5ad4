/** Models of other publishers in Vertex AI, each by the API that it has there. */
import t, { type Test } from 'tap';
import { startSwitchyard, type Switchyard } from '../../switchyard.ts';
import { account, FOLDER, startGoogle } from '../fake-google.ts';

const REGION = FOLDER.replace('/publishers/google', '');
const CLAUDE = `${REGION}/publishers/anthropic/models/claude-opus-4-5@20251101`;
const HI = { messages: [{ role: 'user', content: 'hi' }] };
const models = {
  claude: 'claude-opus-4-5@20251101',
  mistral: 'mistral-medium-3',
  llama: 'meta/llama-4-maverick-17b-128e-instruct-maas',
  vectors: 'text-embedding-005',
  gemini: 'gemini-own',
};

async function start(t: Test, answers: Readonly<Record<string, string | object>>) {
  const google = await startGoogle(t, answers);
  const options = { baseUrl: `${google.url}${FOLDER}`, credentials: account(google.url), models };
  const switchyard: Switchyard = await startSwitchyard(t, { providers: { vertex: options } });
  return { google, switchyard, asked: () => google.asked.map(([path, key]) => `${path} ${key}`) };
}

t.test('Claude has its own API there, with the model in the path and a version in the body', async (t) => {
  const { google, switchyard, asked } = await start(t, {
    [`POST ${CLAUDE}:rawPredict`]: 'anthropic/anthropic-text.json',
    [`POST ${CLAUDE}:streamRawPredict`]: 'anthropic/anthropic-text.chunks.txt',
  });
  const own = { model: 'claude', max_tokens: 9, unknown_member: { kept: [1] }, ...HI };
  const headers = { 'anthropic-beta': 'some-beta', 'anthropic-version': '2023-06-01' };
  const answer = await switchyard.ask('/v1/messages?beta=true', { headers, body: own });
  t.match(answer.json(), { type: 'message' }, 'a caller of Anthropic’s API has its bytes passed');
  const stream = await switchyard.ask('/v1/messages', { body: { ...own, stream: true } });
  t.match(stream.text, /event: message_stop/);
  t.match((await switchyard.chat({ model: 'claude', ...HI })).json(), { object: 'chat.completion' });
  t.match((await switchyard.chat({ model: 'claude', stream: true, ...HI })).text, /data: \[DONE\]/);
  t.strictSame(asked(), [
    `POST ${CLAUDE}:rawPredict Bearer token-1`,
    `POST ${CLAUDE}:streamRawPredict Bearer token-1`,
    `POST ${CLAUDE}:rawPredict Bearer token-1`,
    `POST ${CLAUDE}:streamRawPredict Bearer token-1`,
  ]);
  const [first, second, third] = google.bodies;
  const { model: _model, ...sent } = own;
  t.strictSame(first, { ...sent, anthropic_version: 'vertex-2023-10-16' });
  t.match(second, { stream: true });
  t.notOk('model' in third);
  t.match(third, { anthropic_version: 'vertex-2023-10-16' });
});

t.test('Claude’s tokens are counted by a model of that name', async (t) => {
  const path = `${REGION}/publishers/anthropic/models/count-tokens:rawPredict`;
  const { google, switchyard } = await start(t, { [`POST ${path}`]: { input_tokens: 7 } });
  const body = { model: 'claude', ...HI };
  t.strictSame((await switchyard.ask('/v1/messages/count_tokens', { body })).json(), { input_tokens: 7 });
  t.match(google.bodies, [{ model: models.claude, anthropic_version: 'vertex-2023-10-16' }]);
});

t.test('Mistral and open models have chat', async (t) => {
  const mistral = `${REGION}/publishers/mistralai/models/mistral-medium-3`;
  const open = `${REGION}/endpoints/openapi/chat/completions`;
  const { google, switchyard, asked } = await start(t, {
    [`POST ${mistral}:rawPredict`]: 'mistral/mistral-text.json',
    [`POST ${mistral}:streamRawPredict`]: 'mistral/mistral-text.chunks.txt',
    [`POST ${open}`]: 'mistral/mistral-text.json',
  });
  for (const [model, stream] of [
    ['mistral', false],
    ['mistral', true],
    ['llama', false],
  ] as const)
    t.equal((await switchyard.chat({ model, stream, ...HI })).status, 200, `${model}, stream ${stream}`);
  t.match(asked(), [`POST ${mistral}:rawPredict`, `POST ${mistral}:streamRawPredict`, `POST ${open}`]);
  t.match(
    google.bodies.map(({ model }) => model as unknown),
    [models.mistral, models.mistral, models.llama],
  );
});

t.test('texts become vectors by :predict', async (t) => {
  const prediction = (value: number, token_count: number): object => ({
    embeddings: { values: [value, 0.5], statistics: { truncated: false, token_count } },
  });
  const path = `${FOLDER}/models/text-embedding-005:predict`;
  const { google, switchyard } = await start(t, {
    [`POST ${path}`]: { predictions: [prediction(1, 2), prediction(2, 3)], metadata: {} },
  });
  const body = { model: 'vectors', input: ['one', 'two'], dimensions: 2, task_type: 'RETRIEVAL_QUERY' };
  const answer = await switchyard.ask('/v1/embeddings', { body });
  t.match(answer.json(), {
    object: 'list',
    data: [
      { object: 'embedding', index: 0, embedding: [1, 0.5] },
      { object: 'embedding', index: 1, embedding: [2, 0.5] },
    ],
    model: 'vectors',
    usage: { prompt_tokens: 5, total_tokens: 5 },
  });
  t.strictSame(google.bodies, [
    {
      instances: ['one', 'two'].map((content) => ({ content, task_type: 'RETRIEVAL_QUERY' })),
      parameters: { outputDimensionality: 2 },
    },
  ]);
  const packed = await switchyard.ask('/v1/embeddings', {
    body: { model: 'vectors', input: 'one', encoding_format: 'base64' },
  });
  t.type(packed.json().data[0].embedding, 'string', 'OpenAI’s SDKs ask for base64');
  const content = { parts: [{ text: 'one' }] };
  const asGoogle = await switchyard.ask('/v1beta/models/vectors:embedContent', { body: { content } });
  t.match(
    asGoogle.json(),
    { embedding: { values: [1, 0.5] } },
    'a caller of the Gemini API is answered, too',
  );
});

t.test('a Gemini is asked as before, and vectors of it are refused', async (t) => {
  const { switchyard, asked } = await start(t, {});
  t.equal((await switchyard.chat({ model: 'gemini', ...HI })).status, 200);
  t.match(asked(), [`POST ${FOLDER}/models/gemini-own:generateContent`]);
  const refused = await switchyard.ask('/v1/embeddings', { body: { model: 'gemini', input: 'x' } });
  t.ok(refused.status >= 400);
});

/** Vectors for callers of Google's API from providers of OpenAI's, and the other way round. */
import OpenAI from 'openai-7';
import t from 'tap';
import { says } from '../../../servers/stand-in.ts';
import type { Parsed } from '../openai/recorded.ts';
import { refusal } from '../openai/refusal.ts';
import { batchToEmbeddings } from '../../../../plugins/surfaces/gemini/embed/to-embeddings.ts';
import { embeddingsToBatch } from '../../../../plugins/surfaces/gemini/embed/from-embeddings.ts';
import { googleBefore } from './google-client.ts';

const EMBEDDINGS = 'POST /v1/embeddings';
const BATCH = 'POST /v1beta/models/own:batchEmbedContents';

t.test('Google’s SDK gets vectors from a provider of embeddings, in the order of its texts', async (t) => {
  const data = [
    { object: 'embedding', index: 1, embedding: [3, 4] },
    { object: 'embedding', index: 0, embedding: [1, 2] },
  ];
  const { google, server, switchyard } = await googleBefore(
    t,
    {
      [EMBEDDINGS]: says(200, {
        object: 'list',
        data,
        model: 'own',
        usage: { prompt_tokens: 2, total_tokens: 2 },
      }),
    },
    { use: 'openai-compatible', surfaces: ['embeddings'] },
  );
  const config = { outputDimensionality: 2, taskType: 'RETRIEVAL_QUERY' };
  const { embeddings } = await google.models.embedContent({ model: 'm', contents: ['one', 'two'], config });
  t.match(embeddings, [{ values: [1, 2] }, { values: [3, 4] }]);
  t.strictSame(server.asked.at(-1)!.body, {
    model: 'own',
    input: ['one', 'two'],
    encoding_format: 'float',
    dimensions: 2,
  });
  t.match(await switchyard.trace(), { translated: 'gemini-embeddings-to-embeddings' });
  const body = { content: { parts: [{ text: 'one' }] }, model: 'models/m' };
  const one = await switchyard.ask('/v1beta/models/m:embedContent', { body });
  t.strictSame(one.json(), { embedding: { values: [1, 2] } });
  t.equal(one.headers['x-switchyard-dropped'], undefined);
});

t.test('OpenAI’s SDK gets vectors from the Gemini API, packed as it asks for them', async (t) => {
  const answer = { embeddings: [{ values: [0.5, -1] }, { values: [2, 0.25] }] };
  const { server, switchyard } = await googleBefore(
    t,
    { [BATCH]: says(200, answer) },
    { use: 'gemini' },
    '/v1beta',
  );
  const client = new OpenAI({ baseURL: `${switchyard.url}/v1`, apiKey: 'x', maxRetries: 0 });
  for (const format of [{}, { encoding_format: 'float' as const }]) {
    const asked = { model: 'm', input: ['one', 'two'], dimensions: 2, ...format };
    const { data, model }: Parsed = await client.embeddings.create(asked);
    t.strictSame(
      data.map(({ embedding }: Parsed) => [...embedding]),
      [
        [0.5, -1],
        [2, 0.25],
      ],
    );
    t.equal(model, 'm');
  }
  t.strictSame(server.asked.at(-1)!.body, {
    requests: ['one', 'two'].map((text) => ({
      model: 'models/own',
      content: { parts: [{ text }] },
      outputDimensionality: 2,
    })),
  });
});

t.test(
  'in its own API the bytes pass, and a model that has another name there is named so inside, too',
  async (t) => {
    const answer = { embeddings: [{ values: [1] }] };
    const { google, server, switchyard } = await googleBefore(
      t,
      { [BATCH]: says(200, answer) },
      { use: 'gemini' },
      '/v1beta',
    );
    const { embeddings } = await google.models.embedContent({ model: 'm', contents: 'one' });
    t.match(embeddings, [{ values: [1] }]);
    t.match(server.asked.at(-1)!.body, {
      requests: [{ model: 'models/own', content: { parts: [{ text: 'one' }] } }],
    });
    const one = (model: string) => ({ model, content: { parts: [{ text: 'models/m' }] } });
    const body = { requests: [one('models/m'), { content: {} }, one('models/m')] };
    await switchyard.ask('/v1beta/models/m:batchEmbedContents', { body });
    t.strictSame(server.asked.at(-1)!.body, {
      requests: [one('models/own'), { content: {} }, one('models/own')],
    });
    const many = { requests: Array.from({ length: 5_001 }, () => ({})) };
    const refused = await switchyard.ask('/v1beta/models/m:batchEmbedContents', { body: many });
    t.equal(refused.status, 400);
    t.match(refused.text, /more than 5000/);
  },
);

t.test('what cannot be said is refused by its name', (t) => {
  const text = (more: object = {}) => ({ content: { parts: [{ text: 'a' }] }, ...more });
  const image = { content: { parts: [{ inlineData: { mimeType: 'image/png', data: 'AA' } }] } };
  for (const [translation, given, member] of [
    [batchToEmbeddings, { requests: [text(), image] }, 'requests[1].content.parts[0]'],
    [batchToEmbeddings, { requests: [text({ ofTomorrow: 1 })] }, 'requests[0].ofTomorrow'],
    [
      batchToEmbeddings,
      { requests: [text({ outputDimensionality: 1 }), text({ outputDimensionality: 2 })] },
      'requests[0].outputDimensionality',
    ],
    [batchToEmbeddings, { requests: [] }, 'requests'],
    [embeddingsToBatch, { input: [[1, 2]] }, 'input'],
    [embeddingsToBatch, { input: 'a', of_tomorrow: 1 }, 'of_tomorrow'],
  ] as const)
    t.equal(refusal(() => translation.request({ model: 'm', ...given })).param, member);
  t.end();
});

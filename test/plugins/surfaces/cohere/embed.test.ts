/** Texts that callers of OpenAI's API have embedded, by Cohere. */
import t from 'tap';
import { embeddingsToCohere } from '../../../../plugins/surfaces/cohere/embed.ts';
import { says, startStandIn } from '../../../servers/stand-in.ts';
import { before } from './provider-of-cohere.ts';

const EMBED = 'POST /v2/embed';
const meta = { api_version: { version: '2' }, billed_units: { input_tokens: 2 } };

t.test('vectors come as floats or as base64, as the caller wants them', async (t) => {
  const server = await startStandIn(t, {});
  const { client } = await before(t, server);
  server.replies[EMBED] = says(200, {
    id: 'x',
    embeddings: {
      float: [
        [0.5, 1],
        [2, 3],
      ],
    },
    meta,
  });
  const asked = { model: 'm', input: ['a', 'b'], encoding_format: 'float' as const, dimensions: 256 };
  t.match(await client.embeddings.create(asked), {
    object: 'list',
    data: [
      { object: 'embedding', index: 0, embedding: [0.5, 1] },
      { index: 1, embedding: [2, 3] },
    ],
    model: 'm',
    usage: { prompt_tokens: 2, total_tokens: 2 },
  });
  t.strictSame(server.asked.at(-1)?.body, {
    input_type: 'search_document',
    texts: ['a', 'b'],
    model: 'command-own',
    output_dimension: 256,
    embedding_types: ['float'],
  });
  const packed = Buffer.from(new Float32Array([0.5, 1]).buffer).toString('base64');
  server.replies[EMBED] = says(200, { id: 'x', embeddings: { base64: [packed] }, meta });
  const { data } = await client.embeddings.create({ model: 'm', input: 'a' });
  t.strictSame([...(data[0]?.embedding ?? [])], [0.5, 1], 'its SDK asks for base64 by itself');
  t.match(server.asked.at(-1)?.body, { texts: ['a'], embedding_types: ['base64'] });
});

t.test('what the texts are for can be said, and tokens cannot be embedded', (t) => {
  t.match(embeddingsToCohere.request({ model: 'm', input: 'a', input_type: 'search_query' }), {
    input_type: 'search_query',
  });
  t.throws(() => embeddingsToCohere.request({ model: 'm', input: [1, 2] }), {
    param: 'input',
    code: 'not_translatable',
  });
  t.throws(() => embeddingsToCohere.request({ model: 'm', input: 'a', other: 1 }), {
    code: 'not_translatable',
    param: 'other',
  });
  t.end();
});

/** Documents that are put in order, by providers that have `/rerank` and by Cohere. */
import t from 'tap';
import { says, startStandIn } from '../../../servers/stand-in.ts';
import { startSwitchyard } from '../../../switchyard.ts';
import { before } from './provider-of-cohere.ts';

const RERANK = 'POST /v2/rerank';
const ASKED = { model: 'm', query: 'capital', documents: ['Carson City', 'Saipan', 'Washington'], top_n: 2 };
const results = [
  { index: 2, relevance_score: 0.999071 },
  { index: 0, relevance_score: 0.32713068 },
];
const meta = { api_version: { version: '2' }, billed_units: { search_units: 1 } };

t.test('bytes pass to a provider that has it, wherever its clients look for it', async (t) => {
  const answer = {
    id: 'r',
    model: 'own',
    results: results.map((one) => ({ ...one, document: { text: 'a' } })),
  };
  const server = await startStandIn(t, { 'POST /v1/rerank': says(200, answer) });
  const options = { use: 'vllm', baseUrl: `${server.url}/v1`, models: { m: 'own' } };
  const switchyard = await startSwitchyard(t, { providers: { server: options } });
  for (const path of ['/v1/rerank', '/rerank', '/v2/rerank']) {
    const { text } = await switchyard.ask(path, { body: { ...ASKED, unheard_of: 1 } });
    t.equal(text, JSON.stringify(answer), path);
    t.strictSame(server.asked.at(-1)?.body, { ...ASKED, unheard_of: 1, model: 'own' });
  }
});

t.test("Cohere's numbers are put beside the documents that the caller sent", async (t) => {
  const server = await startStandIn(t, { [RERANK]: says(200, { id: 'r', results, meta }) });
  const { switchyard } = await before(t, server);
  const plain = await switchyard.ask('/v1/rerank', { body: ASKED });
  t.strictSame(plain.json(), { id: 'r', results, meta, model: 'm' });
  t.strictSame(server.asked.at(-1)?.body, { ...ASKED, model: 'command-own' });
  const documents = [{ text: 'Carson City' }, 'Saipan', { text: 'Washington' }];
  const shown = await switchyard.ask('/rerank', { body: { ...ASKED, documents, return_documents: true } });
  t.match(shown.json(), {
    results: [
      { index: 2, document: { text: 'Washington' } },
      { index: 0, relevance_score: 0.32713068, document: { text: 'Carson City' } },
    ],
  });
  t.strictSame(server.asked.at(-1)?.body, { ...ASKED, model: 'command-own' });
  const wrong = await switchyard.ask('/rerank', { body: { ...ASKED, documents: ['a', { image: 'x' }] } });
  t.match(wrong.json(), { error: { code: 'not_translatable', param: 'documents[1]' } });
  server.replies[RERANK] = says(400, { id: 'x', message: 'model not found' });
  const refused = await switchyard.ask('/rerank', { body: ASKED });
  t.match(refused, { status: 400 });
  t.match(refused.json(), { error: { message: /model not found/ } });
});

import OpenAI, { AzureOpenAI } from 'openai-7';
import t from 'tap';
import { openLab } from '../lab.ts';

const messages = [{ role: 'user' as const, content: 'hi' }];

t.test("Azure's client names a deployment in the path, and its key in api-key", async (t) => {
  const { switchyard, asked } = await openLab(t, {
    config: { server: { apiKeys: ['the-azure-key'] } },
  });
  const client = new AzureOpenAI({
    endpoint: switchyard.url,
    apiKey: 'the-azure-key',
    apiVersion: '2024-10-21',
    maxRetries: 0,
  });
  const whole = await client.chat.completions.create({ model: 'mine', messages });
  t.equal(whole.choices[0]?.message.role, 'assistant');
  t.match(asked().at(-1), { path: '/v1/chat/completions', headers: { 'api-key': undefined } });
  t.equal(asked().at(-1)?.json().model, 'mine');
  let text = '';
  for await (const chunk of await client.chat.completions.create({ model: 'mine', messages, stream: true }))
    text += chunk.choices[0]?.delta.content ?? '';
  t.ok(text.length > 10, text);
  const { data } = await client.embeddings.create({ model: 'mine', input: 'a', encoding_format: 'float' });
  t.equal(data.length, 1);
  t.equal((await client.completions.create({ model: 'mine', prompt: 'a' })).object, 'text_completion');
  t.equal((await client.responses.create({ model: 'mine', input: 'a' })).object, 'response');
  t.equal(asked().at(-1)?.path, '/v1/responses', 'the version is for this gateway');
  t.ok((await client.models.list()).data.length > 0);
  const wrong = new AzureOpenAI({
    endpoint: switchyard.url,
    apiKey: 'x',
    apiVersion: '2024-10-21',
    maxRetries: 0,
  });
  await t.rejects(wrong.models.list(), /401/);
});

t.test('the deployment counts where the body names another model', async (t) => {
  const { switchyard, asked } = await openLab(t);
  const client = new AzureOpenAI({
    baseURL: `${switchyard.url}/openai/deployments/mine`,
    apiKey: 'k',
    apiVersion: '2024-10-21',
  });
  await client.chat.completions.create({ model: 'gpt-4o', messages });
  t.equal(asked().at(-1)?.json().model, 'mine');
  const answer = await switchyard.ask('/openai/deployments/my%20own/chat/completions', {
    body: { model: '', messages },
  });
  t.equal(answer.status, 200);
  t.equal(asked().at(-1)?.json().model, 'my own');
});

t.test("OpenAI's client works with the address of Azure's v1 API", async (t) => {
  const { switchyard, asked } = await openLab(t);
  const client = new OpenAI({ baseURL: `${switchyard.url}/openai/v1/`, apiKey: 'k' });
  t.equal((await client.chat.completions.create({ model: 'mine', messages })).object, 'chat.completion');
  t.equal((await client.responses.create({ model: 'mine', input: 'a' })).object, 'response');
  t.equal(asked().at(-1)?.json().model, 'mine');
  t.ok((await client.models.list()).data.length > 0);
});

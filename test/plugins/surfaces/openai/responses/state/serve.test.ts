/** `previous_response_id` with a provider that has only chat completions: seen from both sides. */
import t from 'tap';
import { CHAT, chunk, recorded, says, startStandIn, streams } from '../../../../../servers/stand-in.ts';
import { openaiSchema } from '../../../../../openai-schema.ts';
import { startSwitchyard } from '../../../../../switchyard.ts';
import { testFolder } from '../../../../../test-folder.ts';
import { openKeyed } from '../../../../auth/keyed.ts';
import type { Parsed } from '../../recorded.ts';
import { before } from '../to-chat/provider-of-chat.ts';

const whole = (message: object) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'own',
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason: 'stop' }],
});
const call = { id: 'call_1', type: 'function', function: { name: 'now', arguments: '{}' } };

t.test('a conversation goes on from a response that was kept, streamed and not', async (t) => {
  const server = await startStandIn(t, {});
  const { client } = await before(t, server);
  for (const streamed of [false, true]) {
    const ask = (body: Parsed) =>
      streamed
        ? client.responses.stream({ model: 'm', ...body }).finalResponse()
        : client.responses.create({ model: 'm', ...body });
    const answers = (message: { content?: string; tool_calls?: object[] }): void => {
      server.replies[CHAT] = streamed
        ? streams([
            chunk({ ...message, ...(message.tool_calls && { tool_calls: [{ index: 0, ...call }] }) }),
            chunk({}, 'stop'),
            '[DONE]',
          ])
        : says(200, whole(message));
    };
    answers({ content: 'Let me see.', tool_calls: [call] });
    const first = await ask({ input: 'What time is it?', instructions: 'Be kind' });
    t.equal(first.previous_response_id, null);
    answers({ content: 'Noon.' });
    const output = { type: 'function_call_output', call_id: 'call_1', output: '12:00' };
    const second = await ask({ input: [output], previous_response_id: first.id });
    t.equal(second.previous_response_id, first.id);
    const third = await ask({ input: 'Thanks', previous_response_id: second.id });
    t.equal(third.output_text, 'Noon.');
    t.match(
      server.asked.at(-1)?.body.messages,
      [
        { role: 'user', content: 'What time is it?' },
        { role: 'assistant', content: 'Let me see.', tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_1', content: '12:00' },
        { role: 'assistant', content: 'Noon.' },
        { role: 'user', content: 'Thanks' },
      ],
      'without the instructions, which hold for one response',
    );
    t.equal(server.asked.at(-1)?.body.messages.length, 5);
    const named = {
      input: [
        { type: 'item_reference', id: second.output[0]!.id },
        { role: 'user', content: 'So?' },
      ],
    };
    await ask(named);
    t.match(server.asked.at(-1)?.body.messages, [{ role: 'assistant', content: 'Noon.' }, { role: 'user' }]);
    const told = `a "item_reference" {"type":"item_reference","id":"${second.output[0]!.id}"}`;
    await ask({ input: [{ role: 'user', content: told }, ...named.input] });
    t.match(
      server.asked.at(-1)?.body.messages,
      [{ role: 'user', content: told }, { role: 'assistant', content: 'Noon.' }, { role: 'user' }],
      'a text that looks like a reference is a text',
    );
  }
});

t.test('a response that was kept is read, listed and deleted', async (t) => {
  const server = await startStandIn(t, { [CHAT]: says(200, whole({ content: 'Noon.' })) });
  const { client, switchyard } = await before(t, server);
  const made = await client.responses.create({ model: 'm', input: 'What time is it?', metadata: { a: 'b' } });
  const { output_text: _, ...plain } = made as Parsed;
  const read: Parsed = (await switchyard.ask(`/v1/responses/${made.id}`)).json();
  t.match(read, { id: made.id, output: plain.output, metadata: { a: 'b' } });
  const stream = await switchyard.ask(`/v1/responses/${made.id}?stream=true`);
  t.match(stream.headers['content-type'], /^text\/event-stream/);
  t.match(stream.text, /^event: response\.created\n[^]*event: response\.completed\n/);
  const next = await client.responses.create({
    model: 'm',
    input: 'And now?',
    previous_response_id: made.id,
  });
  const list = (await switchyard.ask(`/v1/responses/${next.id}/input_items?order=asc`)).json();
  t.strictSame(openaiSchema('ResponseItemList')(list), []);
  t.match(list.data, [
    { role: 'user', content: [{ type: 'input_text', text: 'What time is it?' }] },
    { role: 'assistant', content: [{ type: 'output_text', text: 'Noon.' }] },
    { role: 'user', content: [{ text: 'And now?' }] },
  ]);
  const pages: Parsed[] = [];
  for await (const item of client.responses.inputItems.list(next.id, { limit: 2 })) pages.push(item);
  t.strictSame(
    pages.map(({ id }) => id),
    list.data.map(({ id }: Parsed) => id).toReversed(),
    'newest first, page by page',
  );
  await t.rejects(client.responses.cancel(made.id), { code: 'invalid_request' });
  for (const query of ['limit=0', 'limit=x', 'order=up', 'after=none', 'limit=1&limit=2'])
    t.match((await switchyard.ask(`/v1/responses/${next.id}/input_items?${query}`)).json(), {
      error: { code: 'invalid_request', param: query.split('=')[0] },
    });
  t.match((await switchyard.ask(`/v1/responses/${made.id}?stream=true&starting_after=x`)).json(), {
    error: { code: 'invalid_request', param: 'starting_after' },
  });
  await client.responses.delete(made.id);
  const gone = await switchyard.ask(`/v1/responses/${made.id}`);
  t.match({ status: gone.status, ...gone.json() }, { status: 404, error: { code: 'response_not_found' } });
});

t.test('what is unknown, was not stored or belongs to another key is a 404 with the remedy', async (t) => {
  const server = await startStandIn(t, { [CHAT]: says(200, whole({ content: 'Noon.' })) });
  const { switchyard } = await before(t, server, {
    server: { apiKeys: ['first-key-of-ours', 'other-key-of-ours'] },
  });
  const ask = (path: string, key: string, body?: Record<string, unknown>) =>
    switchyard.ask(path, { headers: { authorization: `Bearer ${key}` }, ...(body && { body }) });
  const make = async (more: object) =>
    (await ask('/v1/responses', 'first-key-of-ours', { model: 'm', input: 'hi', ...more })).json().id;
  const kept = await make({});
  const unstored = await make({ store: false });
  t.equal((await ask(`/v1/responses/${kept}`, 'first-key-of-ours')).status, 200);
  for (const [id, key] of [
    ['resp_unknown', 'first-key-of-ours'],
    [unstored, 'first-key-of-ours'],
    [kept, 'other-key-of-ours'],
  ]) {
    t.match((await ask(`/v1/responses/${id}`, key)).json(), { error: { code: 'response_not_found' } }, id);
    const body = { model: 'm', input: 'hi', previous_response_id: id };
    const { status, ...answer } = await ask('/v1/responses', key, body);
    t.equal(status, 404, id);
    t.match(answer.json().error, {
      code: 'response_not_found',
      param: 'previous_response_id',
      message: /send the whole conversation/,
    });
  }
});

t.test(
  'a background response is refused by a provider without them, and nothing is kept where that is off',
  async (t) => {
    const server = await startStandIn(t, { [CHAT]: says(200, whole({ content: 'Noon.' })) });
    const { switchyard } = await before(t, server, { openai: { responses: { enabled: false } } });
    const ask = (more: object) =>
      switchyard.ask('/v1/responses', { body: { model: 'm', input: 'hi', ...more } });
    t.match((await ask({ background: true })).json(), {
      error: { code: 'not_translatable', param: 'background' },
    });
    const { id } = (await ask({})).json();
    t.match((await ask({ previous_response_id: id })).json(), {
      error: { message: /openai\.responses\.enabled/ },
    });
  },
);

t.test('what a provider keeps itself is asked of the provider that made it', async (t) => {
  const file = 'llama-server/responses.http.txt';
  const one = await startStandIn(t, { 'POST /v1/responses': recorded(file) });
  const two = await startStandIn(t, {});
  const provider = (url: string) => ({
    use: 'openai-compatible',
    baseUrl: `${url}/v1`,
    models: { m: 'own' },
  });
  const switchyard = await startSwitchyard(t, {
    providers: { two: provider(two.url), one: provider(one.url) },
  });
  const made = await switchyard.ask('/v1/responses?provider=one', { body: { model: 'm', input: 'hi' } });
  const { id } = made.json();
  t.match(id, /^resp_/);
  const path = `/v1/responses/${id}`;
  one.replies[`GET ${path}`] = says(200, { id, object: 'response' });
  t.match((await switchyard.ask(path)).json(), { id });
  await switchyard.ask('/v1/responses', { body: { model: 'm', input: 'more', previous_response_id: id } });
  t.match(one.asked.at(-1)?.body, { previous_response_id: id, input: 'more' }, 'as it came');
  const stream = 'llama-server/responses-stream.http.txt';
  one.replies['POST /v1/responses'] = recorded(stream);
  const { text } = await switchyard.ask('/v1/responses?provider=one', {
    body: { model: 'm', input: 'hi', stream: true },
  });
  const [, streamed] = /"id":"(resp_[^"]+)"/.exec(text) ?? [];
  one.replies[`DELETE /v1/responses/${streamed}`] = says(200, { id: streamed, deleted: true });
  t.match((await switchyard.ask(`/v1/responses/${streamed}`, { method: 'DELETE' })).json(), {
    deleted: true,
  });
  t.notOk(two.asked.some((asked) => asked.path.includes('responses')));
});

t.test('a response stays with its key, and goes to no other that gets its name', async (t) => {
  const { as, make, manage } = await openKeyed(t, { provider: { surfaces: ['chat'] } });
  const statusFor = async (key: string): Promise<number> => (await as(key, `/v1/responses/${id}`)).status;
  const first = await make('app');
  const { id } = (await as(first, '/v1/responses', { body: { model: 'm', input: 'hi' } })).json() as Parsed;
  await manage('PATCH', '/keys/app', { name: 'renamed' });
  t.equal(await statusFor(first), 200);
  const second = await make('app');
  t.equal(await statusFor(second), 404, 'the name was free again');
  const asked = { body: { model: 'm', input: 'go on', previous_response_id: id } };
  t.equal((await as(second, '/v1/responses', asked)).status, 404);
});

t.test('which provider made a response is known after a restart', async (t) => {
  const file = 'llama-server/responses.http.txt';
  const one = await startStandIn(t, { 'POST /v1/responses': recorded(file) });
  const two = await startStandIn(t, {});
  const provider = (url: string) => ({
    use: 'openai-compatible',
    baseUrl: `${url}/v1`,
    models: { m: 'own' },
  });
  const config = {
    home: testFolder(t, {}),
    providers: { two: provider(two.url), one: provider(one.url) },
    server: { apiKeys: ['first-key-of-ours', 'other-key-of-ours'] },
  };
  const as = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });
  const first = await startSwitchyard(t, config);
  const { id } = (
    await first.ask('/v1/responses?provider=one', {
      ...as('first-key-of-ours'),
      body: { model: 'm', input: 'hi' },
    })
  ).json();
  await first.close();
  const { ask } = await startSwitchyard(t, config);
  one.replies[`GET /v1/responses/${id}`] = says(200, { id, object: 'response' });
  t.match((await ask(`/v1/responses/${id}`, as('first-key-of-ours'))).json(), { id });
  const body = { model: 'm', input: 'more', previous_response_id: id };
  await ask('/v1/responses', { ...as('first-key-of-ours'), body });
  t.match(one.asked.at(-1)?.body, { previous_response_id: id, input: 'more' }, 'as it came');
  t.equal((await ask('/v1/responses', { ...as('other-key-of-ours'), body })).status, 404);
  t.equal((await ask(`/v1/responses/${id}`, as('other-key-of-ours'))).status, 404);
  t.notOk(two.asked.some((asked) => asked.path.includes('responses')));
});

t.test('a member of the wrong type is refused by its name where no provider would check it', async (t) => {
  const server = await startStandIn(t, { [CHAT]: says(200, whole({ content: 'Noon.' })) });
  const { switchyard } = await before(t, server);
  for (const wrong of [
    { previous_response_id: [] },
    { previous_response_id: 5 },
    { previous_response_id: { id: 'resp_1' } },
    { previous_response_id: false },
    { store: 'no' },
    { store: 0 },
    { metadata: 'a' },
    { metadata: [] },
    { truncation: true },
    { max_tool_calls: 'two' },
    { stream_options: 1 },
    { context_management: {} },
  ]) {
    const answer = await switchyard.ask('/v1/responses', { body: { model: 'm', input: 'hi', ...wrong } });
    const [param] = Object.keys(wrong);
    t.match(
      { status: answer.status, ...answer.json() },
      { status: 400, error: { param } },
      JSON.stringify(wrong),
    );
  }
  t.equal(server.asked.filter(({ path }) => path === CHAT).length, 0);
  const none = { previous_response_id: null, store: null, metadata: null, truncation: null };
  t.equal(
    (await switchyard.ask('/v1/responses', { body: { model: 'm', input: 'hi', ...none } })).status,
    200,
  );
});

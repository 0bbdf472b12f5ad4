/** Callers of chat completions, answered by a provider that only has the Responses API. */
import OpenAI from 'openai-7';
import t from 'tap';
import { says, startStandIn, type Reply } from '../../../../../servers/stand-in.ts';
import { startSwitchyard } from '../../../../../switchyard.ts';
import type { Parsed } from '../../recorded.ts';

const RESPONSES = 'POST /v1/responses';
const usage = {
  input_tokens: 20,
  input_tokens_details: { cached_tokens: 5 },
  output_tokens: 7,
  output_tokens_details: { reasoning_tokens: 3 },
  total_tokens: 27,
};
const response = (output: object[], more: object = {}) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1_700_000_000,
  model: 'own',
  status: 'completed',
  error: null,
  incomplete_details: null,
  output,
  usage,
  ...more,
});
const message = (text: string) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
});
const call = (nth: number) => ({
  id: `fc_${nth}`,
  type: 'function_call',
  call_id: `call_${nth}`,
  name: 'weather',
  arguments: `{"city":${nth}}`,
  status: 'completed',
});

/** A whole response, streamed where that is asked for. */
const answers =
  (output: object[], more: object = {}): Reply =>
  (asked) => {
    if (!asked.body.stream) return says(200, response(output, more))(asked);
    const { response: client } = asked;
    client.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (type: string, members: object): void =>
      void client.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`);
    send('response.created', { response: response([], { status: 'in_progress', usage: null }) });
    for (const [output_index, item] of (output as Parsed[]).entries()) {
      send('response.output_item.added', { output_index, item: { ...item, content: [], arguments: '' } });
      const at = { output_index, item_id: item.id };
      for (const delta of (item.content?.[0].text ?? '').match(/.{1,3}/g) ?? [])
        send('response.output_text.delta', { ...at, content_index: 0, delta });
      for (const delta of (item.arguments ?? '').match(/.{1,3}/g) ?? [])
        send('response.function_call_arguments.delta', { ...at, delta });
      send('response.output_item.done', { output_index, item });
    }
    const whole = response(output, more) as Parsed;
    send(`response.${whole.status}`, { response: whole });
    client.end();
  };

t.test('a tool turn, streamed and not', async (t) => {
  const server = await startStandIn(t, {});
  const options = { use: 'openai-compatible', baseUrl: `${server.url}/v1`, surfaces: ['responses'] };
  const switchyard = await startSwitchyard(t, {
    providers: { server: { ...options, models: { m: 'own' } } },
  });
  const client = new OpenAI({ baseURL: `${switchyard.url}/v1`, apiKey: 'x', maxRetries: 0 });
  const tools = [
    { type: 'function' as const, function: { name: 'weather', parameters: { type: 'object' } } },
  ];
  for (const streamed of [true, false]) {
    const ask = (messages: Parsed) => {
      const body = { model: 'm', messages, tools };
      return streamed
        ? client.chat.completions
            .stream({ ...body, stream_options: { include_usage: true } })
            .finalChatCompletion()
        : client.chat.completions.create(body);
    };
    const messages = [{ role: 'user', content: 'Weather?' }];
    server.replies[RESPONSES] = answers([message('Let me see.'), call(1), call(2)]);
    const first = await ask(messages);
    t.match(first, {
      choices: [
        {
          finish_reason: 'tool_calls',
          message: {
            content: 'Let me see.',
            tool_calls: [
              { id: 'call_1', function: { name: 'weather', arguments: '{"city":1}' } },
              { id: 'call_2', function: { name: 'weather', arguments: '{"city":2}' } },
            ],
          },
        },
      ],
      usage: {
        prompt_tokens: 20,
        completion_tokens: 7,
        prompt_tokens_details: { cached_tokens: 5 },
        completion_tokens_details: { reasoning_tokens: 3 },
      },
    });
    t.match(await switchyard.trace(), {
      translated: 'chat-to-responses',
      ending: 'complete',
      usage: { prompt: 20 },
    });
    server.replies[RESPONSES] = answers([message('Sunny.')]);
    const results = ['call_1', 'call_2'].map((id) => ({ role: 'tool', tool_call_id: id, content: id }));
    const last = await ask([...messages, first.choices[0]!.message, ...results]);
    t.match(last.choices[0], { finish_reason: 'stop', message: { content: 'Sunny.' } });
    t.match(server.asked.at(-1)?.body, {
      model: 'own',
      store: false,
      input: [
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', content: 'Let me see.' },
        { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":1}' },
        { type: 'function_call', call_id: 'call_2' },
        { type: 'function_call_output', call_id: 'call_1', output: 'call_1' },
        { type: 'function_call_output', call_id: 'call_2', output: 'call_2' },
      ],
    });
  }
  server.replies[RESPONSES] = answers([message('Half')], {
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
  });
  for (const stream of [true, false]) {
    const { text } = await switchyard.ask('/v1/chat/completions', {
      body: { model: 'm', messages: [{ role: 'user', content: 'hi' }], stream },
    });
    t.match(text, /"finish_reason":"length"/);
    t.match(
      await switchyard.trace(),
      { usage: { completion: 7 } },
      'tokens of what is incomplete are counted',
    );
  }
});

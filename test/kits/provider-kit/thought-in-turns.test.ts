/** Servers that refuse a turn of a chat with tools without its thought: clients, and translations, lose it. */
import t, { type Test } from 'tap';
import { CHAT, says, startStandIn, type StandIn } from '../../servers/stand-in.ts';
import { startSwitchyard, type Switchyard } from '../../switchyard.ts';

const answer = says(200, {
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
});
const called = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"n":1.0}' } };
const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }];
const plain = { role: 'assistant', content: 'Let me see' };
const call = { role: 'assistant', content: null, tool_calls: [called] };
const thought = { ...call, reasoning_content: 'They want to know.' };
const emptied = { ...call, reasoning_content: '' };
const user = { role: 'user', content: 'Hi' };
const result = { role: 'tool', tool_call_id: 'c1', content: 'x' };
const messages = [user, plain, user, call, result, thought, result, emptied, result];
const padded = (message: object) => ({ ...message, reasoning_content: ' ' });

async function before(
  t: Test,
  use: string,
  model: string,
): Promise<{ server: StandIn; switchyard: Switchyard }> {
  const server = await startStandIn(t, { [CHAT]: answer });
  const provider = { use, baseUrl: `${server.url}/v1`, apiKey: 'k', models: { m: model } };
  return { server, switchyard: await startSwitchyard(t, { providers: { provider }, retry: { again: 0 } }) };
}

for (const [use, model, expected] of [
  [
    'deepseek',
    'deepseek-v4-pro',
    [user, padded(plain), user, padded(call), result, thought, result, padded(call), result],
  ],
  ['moonshot', 'kimi-k2.6', [user, plain, user, padded(call), result, thought, result, padded(call), result]],
  ['moonshot', 'moonshot-v1-8k', messages],
  ['openai-compatible', 'deepseek-v4-pro', messages],
] as const)
  t.test(`${use} with ${model}`, async (t) => {
    const { server, switchyard } = await before(t, use, model);
    const sent = async (body: object) => {
      const said = await switchyard.chat({ model: 'm', ...body });
      t.equal(said.status, 200, said.text);
      return server.asked.at(-1)?.body;
    };
    t.strictSame((await sent({ messages, tools })).messages, expected);
    t.strictSame((await sent({ messages })).messages, messages, 'as it came, where there are no tools');
    const all = [user, thought, result];
    t.strictSame(
      (await sent({ messages: all, tools })).messages,
      all,
      'as it came, where nothing is missing',
    );
  });

t.test('a conversation of Claude that goes on with DeepSeek', async (t) => {
  const { server, switchyard } = await before(t, 'deepseek', 'deepseek-v4-pro');
  const said = await switchyard.ask('/v1/messages', {
    body: {
      model: 'm',
      max_tokens: 100,
      tools: [{ name: 'f', input_schema: { type: 'object' } }],
      messages: [
        user,
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Of Claude', signature: 'c2ln' },
            { type: 'tool_use', id: 'c1', name: 'f', input: {} },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: 'x' }] },
      ],
    },
  });
  t.equal(said.status, 200, said.text);
  t.match(server.asked.at(-1)?.body.messages[1], { tool_calls: [{ id: 'c1' }], reasoning_content: ' ' });
});

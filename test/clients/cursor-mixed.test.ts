/** Chats of Cursor 3.14 in which tools and blocks of other APIs stand. */
import t from 'tap';
import { CHAT, chunk, gatewayBefore, startStandIn, streams } from '../servers/stand-in.ts';
import { applyPatch, PATCH, patcher } from './cursor-patch.ts';
import { PROTOCOLS, speaking } from './speaking.ts';

const AGENT = { 'user-agent': 'Cursor/3.14.27' };
const nested = {
  type: 'function',
  function: { name: 'Shell', parameters: { type: 'object', properties: {} } },
};

for (const protocol of PROTOCOLS)
  t.test(`a chat with a custom tool beside functions, with ${protocol}`, async (t) => {
    const { switchyard, messages } = await speaking(t, protocol, patcher, { untranslatable: 'drop' });
    const ask = (more: object[] = []) =>
      switchyard.chat(
        { messages: [{ role: 'user', content: 'Add a file' }, ...more], tools: [nested, applyPatch] },
        { headers: AGENT },
      );
    const first = await ask();
    t.equal(first.status, 200, first.text);
    const { message } = first.json().choices[0];
    const [called] = message.tool_calls;
    t.match(called, { type: 'function', function: { name: 'ApplyPatch', arguments: PATCH } });
    const second = await ask([message, { role: 'tool', tool_call_id: called.id, content: 'Done' }]);
    t.equal(second.json().choices[0].message.content, 'It is there.', second.text);
    const [back] = messages().find(({ tool_calls: calls }) => calls?.length > 0)?.tool_calls ?? [];
    t.strictSame(JSON.parse(back.function.arguments), { input: PATCH });
  });

t.test(
  "a chat with tools and blocks of Anthropic's API, as for models whose names have 'claude'",
  async (t) => {
    const server = await startStandIn(t, {
      [CHAT]: streams([chunk({ content: 'Hello' }), chunk({}, 'stop'), '[DONE]']),
    });
    const switchyard = await gatewayBefore(t, { server });
    const schema = { type: 'object', properties: { path: { type: 'string' } } };
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
    const shown = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
    const chat = {
      stream: true,
      stream_options: { include_usage: true },
      logit_bias: { 5: 1 },
      messages: [
        { role: 'system', content: 'You are a coding agent.' },
        { role: 'user', content: [{ type: 'text', text: 'See' }, image] },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Let me look.' },
            { type: 'tool_use', id: 'toolu_1', name: 'ReadFile', input: { path: 'a' } },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'toolu_1',
              content: [{ type: 'text', text: 'no file' }],
              is_error: true,
            },
            { type: 'text', text: 'Go on' },
          ],
        },
      ],
      tools: [{ name: 'ReadFile', description: 'Reads.', input_schema: schema }],
      tool_choice: { type: 'any' },
    };
    const answer = await switchyard.chat(chat, { headers: AGENT });
    t.match(answer.text, /Hello/);
    const sent = server.asked.at(-1)?.body;
    t.strictSame(sent.messages, [
      chat.messages[0],
      { role: 'user', content: [{ type: 'text', text: 'See' }, shown] },
      {
        role: 'assistant',
        content: [{ type: 'text', text: 'Let me look.' }],
        tool_calls: [
          { id: 'toolu_1', type: 'function', function: { name: 'ReadFile', arguments: '{"path":"a"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'toolu_1', content: 'Error: no file' },
      { role: 'user', content: [{ type: 'text', text: 'Go on' }] },
    ]);
    t.strictSame(sent.tools, [
      { type: 'function', function: { name: 'ReadFile', description: 'Reads.', parameters: schema } },
    ]);
    t.equal(sent.tool_choice, 'required');
    t.strictSame(sent.logit_bias, { 5: 1 }, 'the rest is a chat as it was');

    const plain = { messages: [{ role: 'user', content: 'Hi' }], tools: [nested] };
    const passed = await switchyard.chat(plain, { headers: AGENT });
    t.notOk(passed.headers['x-switchyard-translated'], 'a chat that is one passes');
    await switchyard.chat(chat);
    t.strictSame(server.asked.at(-1)?.body.tools, chat.tools, 'so does that of any other client');
  },
);

/** A conversation that another model took part in, and that goes on with Claude. */
import t, { type Test } from 'tap';
import { CHAT, chunk, says, startStandIn, streams, type StandIn } from '../../servers/stand-in.ts';
import { startSwitchyard, type Parsed, type Switchyard } from '../../switchyard.ts';

const MESSAGES = 'POST /v1/messages';
const busy = says(529, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
const message = says(200, {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5',
  content: [{ type: 'text', text: 'Hello' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 1, output_tokens: 1 },
});
const user = (content: unknown) => ({ role: 'user', content });

/** Claude at one server, and another model at a server of chat. */
async function before(
  t: Test,
  model = 'claude-sonnet-4-5',
): Promise<{ claude: StandIn; switchyard: Switchyard }> {
  const claude = await startStandIn(t, { [MESSAGES]: message });
  const chat = await startStandIn(t, {
    [CHAT]: streams([
      chunk({ reasoning_content: 'They greet.' }),
      chunk({ content: 'Hello' }),
      chunk({}, 'stop'),
      '[DONE]',
    ]),
  });
  const switchyard = await startSwitchyard(t, {
    providers: {
      claude: { use: 'anthropic', baseUrl: `${claude.url}/v1`, apiKey: 'k', models: { [model]: model } },
      chat: { use: 'openai-compatible', baseUrl: `${chat.url}/v1`, surfaces: ['chat'], models: { o: 'o' } },
    },
    models: {
      m: {
        targets: [
          { provider: 'claude', model },
          { provider: 'chat', model: 'o' },
        ],
      },
    },
    retry: { again: 0 },
  });
  return { claude, switchyard };
}

const ask = (switchyard: Switchyard, messages: unknown[], more: object = {}, path = '/v1/messages') =>
  switchyard.ask(path, { body: { model: 'm', max_tokens: 2000, messages, ...more } });

t.test('what the other model thought is not sent to Claude', async (t) => {
  const { claude, switchyard } = await before(t);
  claude.replies[MESSAGES] = busy;
  const first = await ask(switchyard, [user('Hi')]);
  const { content } = first.json();
  t.match(content, [{ type: 'thinking', thinking: 'They greet.', signature: '' }, { text: 'Hello' }]);

  claude.replies[MESSAGES] = message;
  const signed = { type: 'thinking', thinking: 'Mine', signature: 'c2ln' };
  const history = [
    user('Hi'),
    { role: 'assistant', content },
    user('And "signature":"" in a text'),
    { role: 'assistant', content: [signed, { type: 'tool_use', id: 'a', name: 'f', input: { n: 1.0 } }] },
    user([{ type: 'tool_result', tool_use_id: 'a', content: 'x' }]),
    { role: 'assistant', content: content.slice(0, 1) },
    user('Go on'),
  ];
  const text = JSON.stringify({ model: 'm', max_tokens: 2000, messages: history }).replace(
    '{"n":1}',
    '{"n":1.0}',
  );
  const second = await pinned(switchyard, text);
  t.equal(second.status, 200, second.text);
  t.equal(claude.asked.at(-1)?.path, MESSAGES);
  const sent = claude.asked.at(-1)?.body;
  t.strictSame(sent.messages, [
    user('Hi'),
    { role: 'assistant', content: content.slice(1) },
    ...history.slice(2, 5),
    user('Go on'),
  ]);
});

const pinned = (switchyard: Switchyard, body: string, path = '/v1/messages') =>
  switchyard.ask(`${path}?provider=claude`, { body, headers: { 'content-type': 'application/json' } });

t.test('a call of a tool without its thought is answered without more of it', async (t) => {
  const { claude, switchyard } = await before(t);
  const call = { type: 'tool_use', id: 'a', name: 'f', input: {} };
  const thought = { type: 'thinking', thinking: 'Of the other', signature: '' };
  const messages = [
    user('Hi'),
    { role: 'assistant', content: [thought, call] },
    user([{ type: 'tool_result', tool_use_id: 'a', content: 'x' }]),
  ];
  const context_management = { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] };
  const asked = async (thinking: Parsed) => {
    await ask(switchyard, messages, { thinking, context_management });
    return claude.asked.at(-1)?.body;
  };
  const withBudget = await asked({ type: 'enabled', budget_tokens: 1024 });
  t.strictSame(withBudget.messages[1], { role: 'assistant', content: [call] });
  t.notOk('thinking' in withBudget, 'which the API refuses there');
  t.notOk('context_management' in withBudget);
  const adaptive = await asked({ type: 'adaptive' });
  t.strictSame(adaptive.messages[1], { role: 'assistant', content: [call] });
  t.strictSame(adaptive.thinking, { type: 'adaptive' });
  t.strictSame(adaptive.context_management, context_management);
});

t.test('its tokens are counted without it, too', async (t) => {
  const { claude, switchyard } = await before(t);
  claude.replies['POST /v1/messages/count_tokens'] = says(200, { input_tokens: 3 });
  const thought = { type: 'thinking', thinking: 'Of the other', signature: '' };
  const messages = [
    user('Hi'),
    { role: 'assistant', content: [thought, { type: 'text', text: 'Yes' }] },
    user('Go on'),
  ];
  const answer = await ask(switchyard, messages, {}, '/v1/messages/count_tokens');
  t.equal(answer.json().input_tokens, 3);
  t.strictSame(claude.asked.at(-1)?.body.messages[1].content, [{ type: 'text', text: 'Yes' }]);
});

t.test('everything else passes as it came', async (t) => {
  const thought = { type: 'thinking', thinking: 'Mine', signature: 'c2ln' };
  const unsigned = { ...thought, signature: '' };
  const body = (content: object[]) =>
    JSON.stringify({ model: 'm', max_tokens: 1.0, messages: [user('Hi'), { role: 'assistant', content }] });
  const claude = await before(t);
  await pinned(claude.switchyard, body([thought]).replaceAll(':', ' : '));
  t.strictSame(claude.claude.asked.at(-1)?.body.messages[1].content, [thought]);
  const text = { type: 'text', text: 'Yes' };
  await pinned(claude.switchyard, body([unsigned, text]).replaceAll('":"', '" : "'));
  t.strictSame(claude.claude.asked.at(-1)?.body.messages[1].content, [text], 'however it is written');
  const other = await before(t, 'deepseek-reasoner');
  await pinned(other.switchyard, body([unsigned]));
  t.strictSame(other.claude.asked.at(-1)?.body.messages[1].content, [unsigned], 'other models take it back');
});

/** Codex 0.171.0 in front of a provider that has only chat completions, with the requests that it was seen to send. */
import t from 'tap';
import { CHAT, chunk, gatewayBefore, startStandIn, streams } from '../servers/stand-in.ts';

const said = (role: string, text: string) => ({
  type: 'message',
  id: `msg_${role}`,
  role,
  content: [{ type: 'input_text', text }],
});
const tool = (name: string) => ({
  type: 'function',
  name,
  description: 'Does it.',
  strict: false,
  parameters: { type: 'object', properties: {}, additionalProperties: false },
});
const body = {
  model: 'm',
  stream: true,
  store: false,
  tool_choice: 'auto',
  parallel_tool_calls: true,
  reasoning: { summary: 'auto' },
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: '01a22c12-f835-75b3-ac66-806104e42a95',
  client_metadata: { session_id: '01a22c12', 'x-codex-window-id': '01a22c12:0' },
  tools: [
    tool('exec_command'),
    {
      type: 'custom',
      name: 'apply_patch',
      description: 'Edits files.',
      format: { type: 'grammar', syntax: 'lark', definition: 'start: begin_patch' },
    },
    { type: 'namespace', name: 'multi_agent_v1', description: 'Agents.', tools: [tool('close_agent')] },
    { type: 'web_search', external_web_access: false },
  ],
  input: [
    said('developer', 'You are a coding agent running in the Codex CLI.'),
    said('developer', '<skills_instructions>'),
    said('user', '<environment_context>'),
    said('user', 'List the files'),
  ],
};

t.test('Codex does a tool turn', async (t) => {
  const server = await startStandIn(t, {});
  const switchyard = await gatewayBefore(t, { server }, { use: 'mistral' });
  const call = (index: number, name: string, args: string) => ({
    index,
    id: `call_${index}`,
    type: 'function',
    function: { name, arguments: args },
  });
  server.replies[CHAT] = streams([
    chunk({ reasoning_content: 'I should look.' }),
    chunk({ content: 'Let me look.' }),
    chunk({ tool_calls: [call(0, 'exec_command', '{"cmd":"ls"}')] }),
    chunk({ tool_calls: [call(1, 'apply_patch', '{"input":"*** Begin Patch"}')] }),
    chunk({ tool_calls: [call(2, 'multi_agent_v1__close_agent', '{}')] }),
    chunk({}, 'tool_calls'),
    '[DONE]',
  ]);
  const turn = await switchyard.ask('/v1/responses', { body });
  t.equal(turn.status, 200);
  t.match(turn.headers['x-switchyard-dropped'], /client_metadata/);
  const done = turn.events
    .map((data) => JSON.parse(data))
    .filter(({ type }) => type === 'response.output_item.done')
    .map(({ item }) => item);
  t.match(done, [
    { type: 'reasoning', summary: [{ text: 'I should look.' }] },
    { type: 'message', content: [{ text: 'Let me look.' }] },
    { type: 'function_call', name: 'exec_command', call_id: 'call_0', arguments: '{"cmd":"ls"}' },
    { type: 'custom_tool_call', name: 'apply_patch', call_id: 'call_1', input: '*** Begin Patch' },
    { type: 'function_call', name: 'close_agent', namespace: 'multi_agent_v1', call_id: 'call_2' },
  ]);
  const [system, ...others] = server.asked.at(-1)?.body.messages ?? [];
  t.match(system, { role: 'system', content: /You are a coding agent[^]*<skills_instructions>/ });
  t.strictSame(
    others.map(({ role }: { role: string }) => role),
    ['user', 'user'],
  );
  server.replies[CHAT] = streams([chunk({ content: 'Two files.' }), chunk({}, 'stop'), '[DONE]']);
  const results = done
    .slice(2)
    .map(({ type, call_id }) => ({ type: `${type}_output`, call_id, output: 'a b' }));
  const last = await switchyard.ask('/v1/responses', {
    body: { ...body, input: [...body.input, ...done, ...results] },
  });
  t.match(last.text, /Two files\.[^]*event: response\.completed/);
  t.match(server.asked.at(-1)?.body.messages.slice(3), [
    {
      role: 'assistant',
      content: 'Let me look.',
      tool_calls: [
        { id: 'call_0', function: { name: 'exec_command' } },
        { id: 'call_1', function: { name: 'apply_patch', arguments: '{"input":"*** Begin Patch"}' } },
        { id: 'call_2', function: { name: 'multi_agent_v1__close_agent' } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_0', content: 'a b' },
    { role: 'tool', tool_call_id: 'call_1', content: 'a b' },
    { role: 'tool', tool_call_id: 'call_2', content: 'a b' },
  ]);
});

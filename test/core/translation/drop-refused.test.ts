/** `untranslatable: drop`: what a provider's API cannot express is left out, and told. */
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { root } from '../../../gateway.ts';
import { says, startStandIn, well } from '../../servers/stand-in.ts';
import { startSwitchyard } from '../../switchyard.ts';

const plugins = [join(root, 'test/core/translation/tell.ts')];
const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  content: [{ type: 'text', text: 'Hello' }],
  stop_reason: 'end_turn',
  usage: {},
};

async function start(t: Test, surface: string, untranslatable?: string) {
  const server = await startStandIn(t, { ...well, 'POST /v1/messages': says(200, message) });
  const one = {
    use: 'openai-compatible',
    baseUrl: `${server.url}/v1`,
    surfaces: [surface],
    models: { m: 'm' },
  };
  const switchyard = await startSwitchyard(t, {
    plugins,
    providers: { one },
    models: { m: { targets: [{ provider: 'one' }], ...(untranslatable && { untranslatable }) } },
  });
  const sent = () => server.asked.filter(({ path }) => path.startsWith('POST')).map(({ body }) => body);
  return { switchyard, sent };
}

const tools = [
  { type: 'web_search_20250305', name: 'web_search' },
  { name: 'f', input_schema: { type: 'object' } },
  { type: 'code_execution_20250522', name: 'code_execution' },
];
const body = {
  model: 'm',
  max_tokens: 5,
  tools,
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'hi' },
        { type: 'container_upload', file_id: 'f' },
      ],
    },
  ],
  mcp_servers: [{ type: 'url', url: 'https://example.com' }],
};

t.test('members, list elements and blocks are left out, and named by header and trace', async (t) => {
  const { switchyard, sent } = await start(t, 'chat', 'drop');
  const answer = await switchyard.ask('/v1/messages', { body });
  t.equal(answer.status, 200, answer.text);
  const [request] = sent();
  t.strictSame(
    request.tools.map((tool: { function: { name: string } }) => tool.function.name),
    ['f'],
  );
  t.strictSame(request.messages, [{ role: 'user', content: 'hi' }]);
  const told = ['messages[0].content[1].type', 'tools[0].type', 'tools[1].type', 'mcp_servers'];
  t.strictSame(answer.headers['x-switchyard-dropped']?.split(', ').sort(), told.sort());
  t.match((await switchyard.trace()).notes, [{ remark: /left out .*mcp_servers/ }]);
});

t.test('by default it is refused, and nothing is sent', async (t) => {
  for (const mode of [undefined, 'refuse']) {
    const { switchyard, sent } = await start(t, 'chat', mode);
    const answer = await switchyard.ask('/v1/messages', { body });
    t.equal(answer.status, 400);
    t.match(answer.json(), { error: { code: 'not_translatable' } });
    t.equal(sent().length, 0);
  }
});

t.test('in either spelling of their names', async (t) => {
  const { switchyard, sent } = await start(t, 'chat', 'drop');
  const given = {
    contents: [{ role: 'user', parts: [{ text: 'hi' }, { executable_code: { code: 'x' } }] }],
    generation_config: { speech_config: { language_code: 'de' }, temperature: 0.5 },
    cached_content: 'cachedContents/1',
    tools: [{ google_search: {} }],
  };
  const answer = await switchyard.ask('/v1beta/models/m:generateContent', { body: given });
  t.equal(answer.status, 200, answer.text);
  t.match(sent(), [{ messages: [{ role: 'user', content: 'hi' }], temperature: 0.5 }]);
  t.match(answer.headers['x-switchyard-dropped'], /generationConfig\.speechConfig/);
});

t.test('in both of two steps', async (t) => {
  const { switchyard, sent } = await start(t, 'messages', 'drop');
  const answer = await switchyard.ask('/tell/models/m:tell', { body: { text: 'hi', n: 3, logprobs: true } });
  t.equal(answer.status, 200, answer.text);
  t.match(answer.headers['x-switchyard-dropped'], /n/);
  t.notOk('n' in sent()[0]);
});

t.test('what a request is none without is refused', async (t) => {
  const { switchyard, sent } = await start(t, 'messages', 'drop');
  const answer = await switchyard.chat({ model: 'm', messages: 'hi' });
  t.equal(answer.status, 400);
  t.match(answer.json(), { error: { code: 'not_translatable', param: 'messages' } });
  t.equal(sent().length, 0);
});

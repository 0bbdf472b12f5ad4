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

const times = <One>(count: number, one: (nth: number) => One): One[] =>
  Array.from({ length: count }, (_, nth) => one(nth));

/** What Anthropic's own tools did, in a conversation of 60 searches; a text cites what was found. */
const searched = {
  model: 'm',
  max_tokens: 5,
  messages: times(60, (nth) => [
    { role: 'user', content: `question ${nth}` },
    {
      role: 'assistant',
      content: [
        { type: 'server_tool_use', id: `srvtoolu_${nth}`, name: 'web_search', input: { query: 'q' } },
        {
          type: 'web_search_tool_result',
          tool_use_id: `srvtoolu_${nth}`,
          content: [
            { type: 'web_search_result', url: 'https://example.com', title: 't', encrypted_content: 'x' },
          ],
        },
        {
          type: 'text',
          text: `answer ${nth}`,
          citations: [{ type: 'web_search_result_location', url: 'https://example.com', cited_text: 'c' }],
        },
      ],
    },
  ])
    .flat()
    .concat({ role: 'user', content: 'and now?' }),
};

t.test(
  "what a provider's own tools did is refused with the remedy, and left out of a long conversation",
  async (t) => {
    const refusing = await start(t, 'chat');
    const refused = await refusing.switchyard.ask('/v1/messages', { body: searched });
    t.equal(refused.status, 400);
    t.match(refused.json().error, {
      code: 'not_translatable',
      param: 'messages[1].content[0].type',
      message: /server_tool_use.*provider has \/messages.*`untranslatable: drop`/,
    });
    const { switchyard, sent } = await start(t, 'chat', 'drop');
    const answer = await switchyard.ask('/v1/messages', { body: searched });
    t.equal(answer.status, 200, answer.text);
    t.equal(answer.headers['x-switchyard-dropped'], 'messages[1].content[0].type, citations');
    const said = sent()[0].messages.map(({ content }: { content: string }) => content);
    t.strictSame(said, [...times(60, (nth) => [`question ${nth}`, `answer ${nth}`]).flat(), 'and now?']);
  },
);

t.test('and out of a message with more of it than a call takes arguments', async (t) => {
  const { switchyard, sent } = await start(t, 'chat', 'drop');
  const content = times(150_000, (nth) =>
    nth % 150 === 0 ? { type: 'text', text: '.' } : { type: 'mcp_tool_use' },
  );
  const messages = [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content },
    { role: 'user', content: 'and?' },
  ];
  const answer = await switchyard.ask('/v1/messages', { body: { model: 'm', max_tokens: 5, messages } });
  t.equal(answer.status, 200, answer.text);
  t.equal(sent()[0].messages[1].content, '.'.repeat(1_000));
});

t.test("items of OpenAI's own tools are left out, kind by kind", async (t) => {
  const { switchyard, sent } = await start(t, 'chat', 'drop');
  const input = [
    { role: 'user', content: 'hi' },
    { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } },
    {
      type: 'code_interpreter_call',
      id: 'ci_1',
      code: '1',
      container_id: 'c',
      outputs: [],
      status: 'completed',
    },
    { type: 'web_search_call', id: 'ws_2', status: 'completed', action: { type: 'open_page' } },
    {
      type: 'message',
      role: 'assistant',
      content: [
        {
          type: 'output_text',
          text: 'found',
          annotations: [{ type: 'url_citation', url: 'https://example.com', start_index: 0, end_index: 5 }],
        },
      ],
    },
    { type: 'file_search_call', id: 'fs_1', queries: ['q'], status: 'completed', results: null },
    { role: 'user', content: 'and?' },
  ];
  const answer = await switchyard.ask('/v1/responses', { body: { model: 'm', input } });
  t.equal(answer.status, 200, answer.text);
  t.match(sent()[0].messages, [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: 'found' },
    { role: 'user', content: 'and?' },
  ]);
  t.match(answer.headers['x-switchyard-dropped'], /input\[1\]\.type.*annotations/);
});

t.test('a kind is left out where it has no place, and stays where it has one', async (t) => {
  const { switchyard, sent } = await start(t, 'messages', 'drop');
  const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };
  const audio = { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } };
  const text = { type: 'text', text: 'hi' };
  const messages = [
    { role: 'user', content: [text, audio, image] },
    { role: 'assistant', content: [text] },
    { role: 'user', content: [audio, image, audio] },
  ];
  const answer = await switchyard.chat({ model: 'm', messages });
  t.equal(answer.status, 200, answer.text);
  t.match(sent()[0].messages, [
    { content: [text, { type: 'image' }] },
    { content: [text] },
    { content: [{ type: 'image' }] },
  ]);
  t.equal(sent()[0].messages[2].content.length, 1);
});

/** A model of chat that is down, and one of messages that stands in for it. */
async function startFallback(t: Test, entry: object = {}) {
  const down = await startStandIn(t, {
    'POST /v1/chat/completions': says(503, { error: { message: 'not now' } }),
  });
  const other = await startStandIn(t, { 'POST /v1/messages': says(200, message) });
  const provider = (url: string, surface: string, model: string) => ({
    use: 'openai-compatible',
    baseUrl: `${url}/v1`,
    surfaces: [surface],
    models: { [model]: model },
  });
  const switchyard = await startSwitchyard(t, {
    providers: { one: provider(down.url, 'chat', 'm'), two: provider(other.url, 'messages', 'spare') },
    models: {
      m: { targets: [{ provider: 'one' }], fallbacks: ['spare'] },
      spare: { targets: [{ provider: 'two' }], ...entry },
    },
    retry: { again: 0 },
  });
  return { switchyard, sent: () => other.asked.map((one) => one.body) };
}

const wishes = { logit_bias: { 5: 1 }, presence_penalty: 1, temperature: 0.5 };

t.test('a fallback answers without the members that its API lacks, and tells it', async (t) => {
  const { switchyard, sent } = await startFallback(t);
  const answer = await switchyard.chat({ model: 'm', ...wishes });
  t.equal(answer.status, 200, answer.text);
  t.match(answer.json().choices[0].message, { content: 'Hello' });
  t.equal(answer.headers['x-switchyard-dropped'], 'logit_bias, presence_penalty');
  t.match(sent(), [{ temperature: 0.5, messages: [{ role: 'user' }] }]);
  t.match((await switchyard.trace()).notes, [
    { remark: /'spare' is asked instead/ },
    { remark: /left out .*logit_bias/ },
  ]);
  t.equal(
    (await switchyard.chat({ model: 'spare', ...wishes })).status,
    400,
    'asked by its own name it refuses',
  );
});

t.test('but for what is said in the conversation, and where its entry refuses', async (t) => {
  const { switchyard, sent } = await startFallback(t);
  const audio = { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } };
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'What is said?' }, audio] }];
  t.equal((await switchyard.chat({ model: 'm', messages })).status, 503);
  t.strictSame(sent(), []);
  const refusing = await startFallback(t, { untranslatable: 'refuse' });
  t.equal((await refusing.switchyard.chat({ model: 'm', ...wishes })).status, 503);
  t.strictSame(refusing.sent(), []);
});

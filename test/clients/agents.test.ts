/** What agents and test harnesses ask for, as they were seen to. */
import t from 'tap';
import {
  CHAT,
  chunk,
  recorded,
  gatewayBefore,
  says,
  startStandIn,
  streams,
  well,
} from '../servers/stand-in.ts';

t.test('Claude Code sends HEAD /api/hello, and then POST /v1/messages?beta=true', async (t) => {
  const server = await startStandIn(t, {
    'POST /v1/messages': recorded('llama-server/messages-stream.http.txt'),
  });
  const switchyard = await gatewayBefore(t, { server }, { server: { apiKeys: ['a-key-of-the-gateway'] } });
  const headers = { 'x-api-key': 'a-key-of-the-gateway', 'anthropic-version': '2023-06-01' };
  const hello = await switchyard.ask('/api/hello', { method: 'HEAD', headers });
  t.match(hello, { status: 404, text: '' });
  const body = { model: 'm', max_tokens: 50, stream: true, messages: [{ role: 'user', content: 'hi' }] };
  const answer = await switchyard.ask('/v1/messages?beta=true', { headers, body });
  t.match(answer, { status: 200, text: /message_stop/ });
  t.notMatch(JSON.stringify(server.asked.at(-1)?.headers), 'a-key-of-the-gateway');
  t.match(server.asked.at(-1)?.headers, { 'anthropic-version': '2023-06-01' });
});

t.test('Claude Code does a tool turn with a provider that has only chat completions', async (t) => {
  const server = await startStandIn(t, {});
  const switchyard = await gatewayBefore(t, { server });
  const cache_control = { type: 'ephemeral' };
  const body = {
    model: 'm',
    max_tokens: 32_000,
    stream: true,
    system: [
      { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.332' },
      { type: 'text', text: 'You are Claude Code.', cache_control },
    ],
    metadata: { user_id: 'user_1_account__session_2' },
    thinking: { type: 'adaptive' },
    context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
    tools: [
      { name: 'Bash', description: 'Runs it', input_schema: { type: 'object' }, eager_input_streaming: true },
    ],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'List the files', cache_control }] }],
  };
  const headers = { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'claude-code-20250219' };
  const call = {
    index: 0,
    id: 'call_1',
    type: 'function',
    function: { name: 'Bash', arguments: '{"command":"ls"}' },
  };
  server.replies[CHAT] = streams([chunk({ tool_calls: [call] }), chunk({}, 'tool_calls'), '[DONE]']);
  const turn = await switchyard.ask('/v1/messages?beta=true', { headers, body });
  t.match(turn, {
    status: 200,
    text: /event: content_block_start[^]*"tool_use"[^]*"stop_reason":"tool_use"/,
  });
  t.match(turn.headers['x-switchyard-dropped'], /metadata/);
  server.replies[CHAT] = streams([chunk({ content: 'Two files.' }), chunk({}, 'stop'), '[DONE]']);
  const used = { type: 'tool_use', id: 'call_1', name: 'Bash', input: { command: 'ls' } };
  const result = {
    type: 'tool_result',
    tool_use_id: 'call_1',
    content: 'a\nb',
    is_error: false,
    cache_control,
  };
  const messages = [
    ...body.messages,
    { role: 'assistant', content: [used] },
    { role: 'user', content: [result] },
  ];
  const last = await switchyard.ask('/v1/messages?beta=true', { headers, body: { ...body, messages } });
  t.match(last.text, /Two files\.[^]*"stop_reason":"end_turn"[^]*event: message_stop/);
  t.match(server.asked.at(-1)?.body.messages.slice(-2), [
    { role: 'assistant', tool_calls: [{ id: 'call_1' }] },
    { role: 'tool', tool_call_id: 'call_1', content: 'a\nb' },
  ]);
});

t.test('Codex and openai-agents use the Responses API, with or without /v1', async (t) => {
  const server = await startStandIn(t, {
    'POST /v1/responses': recorded('llama-server/responses-stream.http.txt'),
  });
  const switchyard = await gatewayBefore(t, { server });
  for (const path of ['/v1/responses', '/responses']) {
    const { status, events } = await switchyard.ask(path, {
      body: { model: 'm', input: 'hi', stream: true },
    });
    t.equal(status, 200, path);
    t.match(JSON.parse(events.at(-1) as string), { type: 'response.completed' }, 'and no [DONE] behind it');
  }
});

t.test('Gemini CLI streams at its own path, and reads the answer of any provider', async (t) => {
  const server = await startStandIn(t, well);
  const switchyard = await gatewayBefore(t, { server });
  const path = '/v1beta/models/m:streamGenerateContent?alt=sse';
  const headers = { 'x-goog-api-key': 'x' };
  const answer = await switchyard.ask(path, { headers, body: { contents: [{ parts: [{ text: 'hi' }] }] } });
  t.equal(answer.status, 200);
  t.match(answer.text, '"text":"well"');
});

t.test('Gemini CLI does a tool turn with a provider that has only chat completions', async (t) => {
  const server = await startStandIn(t, {});
  const switchyard = await gatewayBefore(t, { server });
  const path = '/v1beta/models/m:streamGenerateContent?alt=sse';
  const headers = { 'x-goog-api-key': 'x' };
  const user = { role: 'user', parts: [{ text: 'List the files' }] };
  const body = {
    systemInstruction: { role: 'user', parts: [{ text: 'You are an interactive CLI agent.' }] },
    contents: [user],
    tools: [
      {
        functionDeclarations: [
          {
            name: 'run_shell_command',
            description: 'Runs it',
            parametersJsonSchema: { type: 'object', properties: { command: { type: 'string' } } },
          },
        ],
      },
    ],
    generationConfig: { temperature: 1, topP: 0.95, topK: 64, thinkingConfig: { includeThoughts: true } },
  };
  const call = {
    index: 0,
    id: 'call_1',
    type: 'function',
    function: { name: 'run_shell_command', arguments: '{"command":"ls"}' },
  };
  server.replies[CHAT] = streams([chunk({ tool_calls: [call] }), chunk({}, 'tool_calls'), '[DONE]']);
  const turn = await switchyard.ask(path, { headers, body });
  const called = turn.events
    .flatMap((data) => JSON.parse(data).candidates[0].content?.parts ?? [])
    .find(({ functionCall }) => functionCall);
  t.match(called, { functionCall: { id: 'call_1', name: 'run_shell_command', args: { command: 'ls' } } });
  server.replies[CHAT] = streams([chunk({ content: 'Two files.' }), chunk({}, 'stop'), '[DONE]']);
  const response = { id: 'call_1', name: 'run_shell_command', response: { output: 'a\nb' } };
  const contents = [
    user,
    { role: 'model', parts: [called] },
    { role: 'user', parts: [{ functionResponse: response }] },
  ];
  const last = await switchyard.ask(path, { headers, body: { ...body, contents } });
  t.match(last.text, /"text":"Two files\."[^]*"finishReason":"STOP"/);
  t.match(server.asked.at(-1)?.body.messages, [
    { role: 'system', content: 'You are an interactive CLI agent.' },
    { role: 'user', content: 'List the files' },
    { role: 'assistant', tool_calls: [{ id: 'call_1', function: { arguments: '{"command":"ls"}' } }] },
    { role: 'tool', tool_call_id: 'call_1' },
  ]);
});

t.test('guidellm reads /health and the first of /v1/models, and requests token counts', async (t) => {
  const server = await startStandIn(t, well);
  const switchyard = await gatewayBefore(t, { server });
  t.equal((await switchyard.ask('/health')).status, 200);
  const { data } = (await switchyard.ask('/v1/models')).json();
  t.equal(data[0].id, 'm');
  const stream_options = { include_usage: true, continuous_usage_stats: true };
  t.equal((await switchyard.chat({ stream: true, stream_options })).status, 200);
  t.match(server.asked.at(-1)?.body, { stream_options });
});

t.test('lm-eval requests tokens at the root, without a model, and echo and logprobs', async (t) => {
  const completion = {
    id: 'cmpl-1',
    object: 'text_completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, text: 'hi', logprobs: { token_logprobs: [null, -0.5], top_logprobs: [null, {}] } }],
  };
  const server = await startStandIn(t, {
    'POST /tokenize': says(200, { tokens: [1, 2] }),
    'POST /v1/completions': says(200, completion),
  });
  const switchyard = await gatewayBefore(t, { server }, { use: 'vllm' });
  const tokens = await switchyard.ask('/tokenize', { body: { prompt: 'hi', add_special_tokens: false } });
  t.match(tokens.json(), { tokens: [1, 2] });
  t.equal((await switchyard.ask('/tokenizer_info')).status, 404, 'it goes on without');
  const own = { echo: true, logprobs: 1, max_tokens: 1, temperature: 0, seed: 1234 };
  const answer = await switchyard.ask('/v1/completions', { body: { model: 'm', prompt: ['hi'], ...own } });
  t.equal(answer.text, JSON.stringify(completion));
  t.match(server.asked.at(-1)?.body, own);
});

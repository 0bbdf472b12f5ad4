/** Google's own SDK, answered by a provider that only has chat completions, or Anthropic's API. */
import t from 'tap';
import { CHAT, chunk, recorded, says, startStandIn, streams } from '../../../../servers/stand-in.ts';
import { startSwitchyard } from '../../../../switchyard.ts';
import { wrapped } from '../../../../../plugins/surfaces/gemini/to-chat/wrapped-signature.ts';
import { listRecordings, readRecording } from '../../../../upstream/recordings.ts';
import { eventsOf, type Parsed } from '../../openai/recorded.ts';
import { googleBefore } from '../google-client.ts';

const HI = { model: 'm', contents: 'hi' };

/** What Google's SDK makes of an answer, whole or in pieces. */
function told(pieces: readonly Parsed[]) {
  const parts = pieces.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
  const text = (thought: boolean): string =>
    parts.map((part: Parsed) => ((part.thought ?? false) === thought ? (part.text ?? '') : '')).join('');
  const calls = parts.flatMap(({ functionCall: called }: Parsed) =>
    called ? [[called.name, called.args]] : [],
  );
  return { text: text(false), thinking: text(true), calls };
}

function meant(messages: readonly Parsed[]) {
  const join = (name: string): string => messages.map((message) => message[name] ?? '').join('');
  const calls: [string, string][] = [];
  for (const { index, function: called } of messages.flatMap(({ tool_calls }) => tool_calls ?? [])) {
    const place = index ?? calls.length;
    const call = (calls[place] ??= ['', '']);
    call[0] ||= called.name ?? '';
    call[1] += called.arguments ?? '';
  }
  return {
    text: join('content'),
    thinking: join('reasoning_content') || join('reasoning'),
    calls: calls.map(([name, text]) => [name, JSON.parse(text || '{}')]),
  };
}

const files = ['deepseek', 'groq', 'mistral', 'openai']
  .flatMap((vendor) => listRecordings(vendor))
  .filter((file) => /openai\/chat--(?!.*error)|^(deepseek|groq)\/(?!.*transcription)/.test(file));

t.test('recorded chats are read by Google’s SDK, streamed and whole', async (t) => {
  const { google, server, switchyard } = await googleBefore(t, {});
  let count = 0;
  for (const file of files) {
    server.replies[CHAT] = recorded(file);
    const { body } = readRecording(file);
    const isStream = file.endsWith('.chunks.txt');
    const given: Parsed[] = isStream
      ? eventsOf(body)
          .filter(({ data }) => data !== '[DONE]')
          .map(({ data }) => JSON.parse(data))
      : [JSON.parse(body.toString())];
    if (given.some(({ choices }) => !Array.isArray(choices))) continue;
    const messages = given.flatMap(({ choices }) =>
      choices.map((choice: Parsed) => choice.delta ?? choice.message),
    );
    const pieces: Parsed[] = [];
    if (isStream) for await (const piece of await google.models.generateContentStream(HI)) pieces.push(piece);
    else pieces.push(await google.models.generateContent(HI));
    t.strictSame(told(pieces), meant(messages), file);
    const usage = given.findLast((one) => one.usage)?.usage;
    if (usage) t.equal(pieces.at(-1).usageMetadata.promptTokenCount, usage.prompt_tokens, file);
    t.match(pieces.at(-1).candidates[0].finishReason, /^(STOP|MAX_TOKENS)$/, file);
    t.match(await switchyard.trace(), { translated: 'gemini-to-chat', ending: 'complete' }, file);
    count++;
  }
  t.ok(count > 8, `${count} recordings`);
});

const call = (index: number, more: object) => ({ tool_calls: [{ index, ...more }] });

t.test('a turn with tools goes there and back with its ids', async (t) => {
  const { google, server } = await googleBefore(t, {
    [CHAT]: streams([
      chunk({ role: 'assistant', content: 'I look.' }),
      chunk(call(0, { id: 'call_a', function: { name: 'weather', arguments: '{"city":' } })),
      chunk(call(0, { function: { arguments: '"Bern"}' } })),
      chunk(call(1, { id: 'call_b', function: { name: 'weather', arguments: '{"city":"Basel"}' } })),
      chunk({}, 'tool_calls'),
      chunk({}, null, { choices: [], usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } }),
      '[DONE]',
    ]),
  });
  const tools = [{ functionDeclarations: [{ name: 'weather', parametersJsonSchema: { type: 'object' } }] }];
  const chat = google.chats.create({ model: 'm', config: { tools } });
  const pieces: Parsed[] = [];
  for await (const piece of await chat.sendMessageStream({ message: 'weather?' })) pieces.push(piece);
  t.strictSame(
    pieces.flatMap(({ functionCalls }) => functionCalls ?? []),
    [
      { id: 'call_a', name: 'weather', args: { city: 'Bern' } },
      { id: 'call_b', name: 'weather', args: { city: 'Basel' } },
    ],
  );
  t.match(pieces.at(-1), {
    candidates: [{ finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4, totalTokenCount: 7 },
  });
  const results = ['call_b', 'call_a'].map((id) => ({
    functionResponse: { id, name: 'weather', response: { output: `of ${id}` } },
  }));
  server.replies[CHAT] = streams([chunk({ content: 'Well.' }), chunk({}, 'stop'), '[DONE]']);
  for await (const piece of await chat.sendMessageStream({ message: results })) pieces.push(piece);
  t.match(server.asked.at(-1)!.body.messages, [
    { role: 'user', content: 'weather?' },
    { role: 'assistant', content: 'I look.', tool_calls: [{ id: 'call_a' }, { id: 'call_b' }] },
    { role: 'tool', tool_call_id: 'call_b', content: 'of call_b' },
    { role: 'tool', tool_call_id: 'call_a', content: 'of call_a' },
  ]);
});

t.test(
  'pages, probabilities, pictures and several answers are said as the Gemini API says them',
  async (t) => {
    const message = {
      role: 'assistant',
      content: 'Grün.',
      annotations: [
        {
          type: 'url_citation',
          url_citation: { url: 'https://a.example', title: 'A', start_index: 0, end_index: 4 },
        },
      ],
      images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } }],
    };
    const logprobs = {
      content: [{ token: 'Grün', logprob: -0.5, top_logprobs: [{ token: 'Rot', logprob: -1 }] }],
    };
    const choices = [
      { index: 0, message, logprobs, finish_reason: 'stop' },
      { index: 1, message: { role: 'assistant', content: null, refusal: 'No.' }, finish_reason: 'stop' },
    ];
    const { google } = await googleBefore(t, { [CHAT]: says(200, { id: 'c', model: 'own', choices }) });
    const whole: Parsed = await google.models.generateContent({ ...HI, config: { candidateCount: 2 } });
    const grounding = {
      groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }],
      groundingSupports: [
        { segment: { startIndex: 0, endIndex: 5, text: 'Grün' }, groundingChunkIndices: [0] },
      ],
    };
    t.match(whole, {
      modelVersion: 'own',
      responseId: 'c',
      usageMetadata: { candidatesTokenCount: Number },
      candidates: [
        {
          content: {
            role: 'model',
            parts: [{ text: 'Grün.' }, { inlineData: { mimeType: 'image/png', data: 'iVBO' } }],
          },
          finishReason: 'STOP',
          groundingMetadata: grounding,
          logprobsResult: {
            chosenCandidates: [{ token: 'Grün', logProbability: -0.5 }],
            topCandidates: [{ candidates: [{ token: 'Rot', logProbability: -1 }] }],
          },
        },
        { index: 1, content: { parts: [{ text: 'No.' }] }, finishReason: 'SAFETY' },
      ],
    });
  },
);

t.test('thought that Anthropic signed comes back signed, whatever the client keeps', async (t) => {
  const signed = { type: 'thinking', thinking: 'Hm.', signature: 'sig-of-anthropic' };
  const answer = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude',
    content: [signed, { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Bern' } }],
    stop_reason: 'tool_use',
    usage: { input_tokens: 3, output_tokens: 5 },
  };
  const path = 'POST /v1/messages';
  const { google, server, switchyard } = await googleBefore(
    t,
    { [path]: says(200, answer) },
    { use: 'anthropic' },
  );
  const ask = { role: 'user', parts: [{ text: 'weather?' }] };
  const whole: Parsed = await google.models.generateContent({ model: 'm', contents: [ask] });
  t.match(await switchyard.trace(), { translated: 'gemini-to-chat-to-messages' });
  const { content } = whole.candidates[0];
  t.match(content.parts, [
    { text: 'Hm.', thought: true },
    { functionCall: { id: 'toolu_1', name: 'weather', args: { city: 'Bern' } }, thoughtSignature: String },
  ]);
  const streamed: Parsed[] = [];
  for await (const piece of await google.models.generateContentStream({ model: 'm', contents: [ask] }))
    streamed.push(...(piece.candidates?.[0]?.content?.parts ?? []));
  t.strictSame(
    streamed.find(({ functionCall }) => functionCall),
    content.parts[1],
  );
  // Gemini CLI keeps no thought, but the call with its signature.
  const kept = { role: 'model', parts: [content.parts[1]] };
  const result = { functionResponse: { id: 'toolu_1', name: 'weather', response: { output: 'sunny' } } };
  await google.models.generateContent({
    model: 'm',
    contents: [ask, kept, { role: 'user', parts: [result] }],
  });
  t.match(server.asked.at(-1)!.body.messages, [
    { role: 'user' },
    { role: 'assistant', content: [signed, { type: 'tool_use', id: 'toolu_1' }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1' }] },
  ]);
});

t.test('a conversation with thought that Anthropic signed stays with Anthropic', async (t) => {
  const signature = wrapped([
    { type: 'reasoning.text', text: 'Hm.', signature: 'sig', format: 'anthropic-claude-v1', index: 0 },
  ]);
  const message = {
    id: 'a',
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text: 'claude' }],
  };
  const claude = await startStandIn(t, {
    'POST /v1/messages': says(200, { ...message, stop_reason: 'end_turn' }),
  });
  const own = await startStandIn(t, {
    'POST /v1beta/models/m:generateContent': recorded('google/google-text.json'),
  });
  const switchyard = await startSwitchyard(t, {
    providers: {
      own: { use: 'gemini', baseUrl: `${own.url}/v1beta`, apiKey: 'x', models: { m: 'm' } },
      claude: { use: 'anthropic', baseUrl: `${claude.url}/v1`, apiKey: 'x', models: { m: 'm' } },
    },
    models: { m: { targets: [{ provider: 'own' }, { provider: 'claude' }] } },
  });
  const ask = { role: 'user', parts: [{ text: 'hi' }] };
  for (const [thoughtSignature, provider] of [
    ['R29vZ2xlcw==', 'own'],
    [signature, 'claude'],
  ] as const) {
    const contents = [ask, { role: 'model', parts: [{ text: 'Hm', thoughtSignature }] }, ask];
    const answer = await switchyard.ask('/v1beta/models/m:generateContent', { body: { contents } });
    t.equal(answer.headers['x-switchyard-provider'], provider);
  }
});

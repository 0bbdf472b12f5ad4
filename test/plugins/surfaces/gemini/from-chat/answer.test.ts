/** Answers of the Gemini API, as a caller of chat completions reads them. */
import t from 'tap';
import { openaiSchema } from '../../../../openai-schema.ts';
import { recorded, says, startStandIn, streams } from '../../../../servers/stand-in.ts';
import { readRecording } from '../../../../upstream/recordings.ts';
import type { Parsed } from '../../openai/recorded.ts';
import { before, files, HI, meant, piece, piecesOf, said, STREAM, WHOLE } from './provider-of-gemini.ts';

t.test('recorded answers are read by the SDK of chat, streamed and whole', async (t) => {
  const server = await startStandIn(t, {});
  const { client, switchyard } = await before(t, server);
  const fitsChunk = openaiSchema('CreateChatCompletionStreamResponse');
  const fits = openaiSchema('CreateChatCompletionResponse');
  for (const file of files('.chunks.txt')) {
    server.replies[STREAM] = recorded(file);
    const stream_options = { include_usage: true };
    const answer = await switchyard.chat({ ...HI, stream: true, stream_options });
    t.equal(answer.events.at(-1), '[DONE]', file);
    const chunks = answer.events.slice(0, -1).map((data): Parsed => JSON.parse(data));
    for (const chunk of chunks) t.strictSame(fitsChunk(chunk), [], file);
    const expected = meant(piecesOf(file));
    const completion: Parsed = await client.chat.completions
      .stream({ ...HI, stream_options })
      .finalChatCompletion();
    const { text, calls } = said(completion.choices[0].message);
    t.strictSame({ text, calls }, { text: expected.text, calls: expected.calls }, file);
    const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }: Parsed) => delta));
    t.equal(deltas.map((delta) => delta.reasoning_content ?? '').join(''), expected.thinking, file);
    const reason = expected.calls.length > 0 ? 'tool_calls' : 'stop';
    t.equal(completion.choices[0].finish_reason, reason, file);
    const { usageMetadata } = piecesOf(file).at(-1)!;
    t.match(completion.usage, {
      prompt_tokens: usageMetadata.promptTokenCount,
      completion_tokens: usageMetadata.candidatesTokenCount + usageMetadata.thoughtsTokenCount,
      total_tokens: usageMetadata.totalTokenCount,
      completion_tokens_details: { reasoning_tokens: usageMetadata.thoughtsTokenCount },
    });
    t.match(await switchyard.trace(), { translated: 'chat-to-gemini', ending: 'complete' }, file);
  }
  for (const file of files('.json')) {
    server.replies[WHOLE] = recorded(file);
    const completion: Parsed = await client.chat.completions.create(HI);
    const given = JSON.parse(readRecording(file).body.toString());
    t.strictSame(said(completion.choices[0].message), meant([given]), file);
    t.strictSame(fits(completion), [], file);
    t.equal(completion.id, given.responseId);
    t.equal(completion.model, given.modelVersion);
    t.equal(completion.usage.total_tokens, given.usageMetadata.totalTokenCount);
  }
});

t.test('pictures, pages, probabilities and several answers are said as chat says them', async (t) => {
  const server = await startStandIn(t, {});
  const { client, switchyard } = await before(t, server);
  const grounded = {
    groundingMetadata: {
      groundingChunks: [
        { web: { uri: 'https://a.example', title: 'A' } },
        { web: { uri: 'https://b.example', title: 'B' } },
      ],
      // Google counts bytes: the ü is two of them.
      groundingSupports: [
        { segment: { startIndex: 0, endIndex: 5, text: 'Grün' }, groundingChunkIndices: [1] },
      ],
    },
    logprobsResult: {
      chosenCandidates: [{ token: 'Grün', tokenId: 1, logProbability: -0.5 }],
      topCandidates: [
        {
          candidates: [
            { token: 'Grün', logProbability: -0.5 },
            { token: 'Rot', logProbability: -1 },
          ],
        },
      ],
    },
  };
  const answer = {
    ...piece([{ text: 'Grün.' }, { inlineData: { mimeType: 'image/png', data: 'iVBO' } }], {
      finishReason: 'STOP',
      ...grounded,
    }),
  };
  answer.candidates.push({
    ...piece([{ text: 'Blau.' }], { finishReason: 'MAX_TOKENS' }).candidates[0]!,
    index: 1,
  });
  server.replies[WHOLE] = says(200, answer);
  server.replies[STREAM] = streams([answer]);
  const whole: Parsed = await client.chat.completions.create({ ...HI, n: 2 });
  t.match(whole.choices, [
    {
      index: 0,
      finish_reason: 'stop',
      message: {
        content: 'Grün.',
        images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } }],
        annotations: [
          {
            type: 'url_citation',
            url_citation: { url: 'https://b.example', title: 'B', start_index: 0, end_index: 4 },
          },
        ],
      },
      logprobs: {
        content: [
          { token: 'Grün', logprob: -0.5, top_logprobs: [{ token: 'Grün' }, { token: 'Rot', logprob: -1 }] },
        ],
      },
    },
    { index: 1, finish_reason: 'length', message: { content: 'Blau.' } },
  ]);
  const { events } = await switchyard.chat({ ...HI, n: 2, stream: true });
  const choices = events.slice(0, -1).map((data) => JSON.parse(data).choices[0]);
  const of = (index: number) => choices.filter((choice) => choice.index === index);
  t.equal(
    of(0)
      .map(({ delta }) => delta.content ?? '')
      .join(''),
    'Grün.',
  );
  t.equal(of(1).at(-1).finish_reason, 'length');
  t.match(
    of(0).find(({ delta }) => delta.annotations)?.delta,
    whole.choices[0].message.annotations && {
      annotations: whole.choices[0].message.annotations,
    },
  );
});

t.test(
  'a prompt that is blocked is refused in words, and an answer that failed is another’s chance',
  async (t) => {
    const server = await startStandIn(t, {});
    const { client, switchyard } = await before(t, server);
    const blocked = { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, modelVersion: 'gemini-own' };
    server.replies[WHOLE] = says(200, blocked);
    server.replies[STREAM] = streams([blocked]);
    const whole: Parsed = await client.chat.completions.create(HI);
    t.match(whole.choices, [{ finish_reason: 'content_filter', message: { refusal: /PROHIBITED_CONTENT/ } }]);
    const { events } = await switchyard.chat({ ...HI, stream: true });
    t.equal(events.at(-1), '[DONE]');
    t.match(JSON.parse(events.at(-2) as string), { choices: [{ finish_reason: 'content_filter' }] });
    for (const [reason, status, finish] of [
      ['SAFETY', 200, 'content_filter'],
      ['MAX_TOKENS', 200, 'length'],
      ['MALFORMED_FUNCTION_CALL', 502, undefined],
      ['STOP', 502, undefined],
    ] as const) {
      const empty = piece([], { finishReason: reason });
      server.replies[WHOLE] = says(200, empty);
      server.replies[STREAM] = streams([empty]);
      for (const stream of [false, true]) {
        const answer = await switchyard.chat({ ...HI, stream });
        t.equal(answer.status, status, `${reason} ${stream}`);
        if (finish && !stream) t.equal(answer.json().choices[0].finish_reason, finish);
        if (finish && stream) t.match(answer.text, `"finish_reason":"${finish}"`);
      }
    }
  },
);

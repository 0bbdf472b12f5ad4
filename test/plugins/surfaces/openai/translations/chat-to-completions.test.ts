import t from 'tap';
import { chat } from '../../../../../plugins/surfaces/openai/dialects/chat.ts';
import { completions } from '../../../../../plugins/surfaces/openai/dialects/completions.ts';
import { chatToCompletions } from '../../../../../plugins/surfaces/openai/translations/chat-to-completions.ts';
import { openaiSchema } from '../../../../openai-schema.ts';
import { eventsOf, foldAll, stream, vendorAnswers, vendorStreams, type Parsed } from '../recorded.ts';
import { refusal } from '../refusal.ts';

t.test('a conversation becomes a transcript', (t) => {
  const { request } = chatToCompletions;
  t.strictSame(
    request({
      model: 'm',
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Hi ' },
            { type: 'text', text: 'there' },
          ],
        },
        { role: 'assistant', content: 'Hello', tool_calls: [] },
        { role: 'developer', content: 'In French.' },
        { role: 'user', content: 'Bye' },
      ],
      max_completion_tokens: 5,
      tools: [],
      tool_choice: 'none',
      response_format: { type: 'text' },
      modalities: ['text'],
      logprobs: false,
      stream: true,
      temperature: 1,
      x_vendor: 1,
    }),
    {
      model: 'm',
      stream: true,
      temperature: 1,
      x_vendor: 1,
      prompt:
        'System: Be brief.\nUser: Hi there\nAssistant: Hello\nSystem: In French.\nUser: Bye\nAssistant:',
      max_tokens: 5,
    },
  );
  t.strictSame(
    request({
      messages: [{ role: 'user', content: 'a' }],
      stop: 'b',
      max_tokens: 3,
      max_completion_tokens: 5,
    }),
    {
      stop: 'b',
      max_tokens: 3,
      prompt: 'User: a\nAssistant:',
    },
  );
  t.end();
});

t.test('a message that a transcript cannot hold is refused', (t) => {
  const user = { role: 'user', content: 'a' };
  const refused = (body: object) =>
    refusal(() => chatToCompletions.request({ messages: [user], ...body })).param;
  t.equal(refused({ tools: [{ type: 'function' }] }), 'tools');
  t.equal(refused({ functions: [{ name: 'f' }] }), 'functions');
  t.equal(refused({ response_format: { type: 'json_object' } }), 'response_format');
  t.equal(refused({ modalities: ['text', 'audio'] }), 'modalities');
  t.equal(refused({ audio: { voice: 'a' } }), 'audio');
  t.equal(refused({ logprobs: true }), 'logprobs');
  t.equal(refused({ messages: [] }), 'messages');
  t.equal(refused({ messages: 'a' }), 'messages');
  t.equal(refused({ messages: [user, { role: 'tool', content: 'a' }] }), 'messages[1].role');
  t.equal(
    refused({ messages: [{ role: 'assistant', content: null, tool_calls: [{}] }] }),
    'messages[0].tool_calls',
  );
  t.equal(
    refused({ messages: [{ role: 'user', content: [{ type: 'text', text: 'a' }, { type: 'image_url' }] }] }),
    'messages[0].content[1]',
  );
  t.end();
});

t.test('text completions become chat, the role in the first chunk of each choice', (t) => {
  const fits = openaiSchema('CreateChatCompletionResponse');
  const whole = vendorAnswers().filter(
    ({ dialect, file }) => dialect === completions && !file.includes('error'),
  );
  for (const { file, body } of whole) {
    const answer = JSON.parse(body.toString());
    const made = chatToCompletions.answer(answer) as Parsed;
    t.strictSame(fits(made), [], file);
    t.equal(made.choices[0].message.content, answer.choices[0].text.trimStart(), file);
  }
  const { body } = vendorStreams().find(({ dialect }) => dialect === completions) as { body: Buffer };
  const events = eventsOf(body);
  const translated = events.flatMap(chatToCompletions.events());
  const chunks = translated.filter(({ data }) => data !== '[DONE]').map(({ data }) => JSON.parse(data));
  const fitsChunk = openaiSchema('CreateChatCompletionStreamResponse');
  t.strictSame(
    chunks.flatMap(fitsChunk).filter((error) => !error.startsWith('/usage')),
    [],
  );
  t.strictSame(chunks.flatMap(({ choices }) => choices).filter(({ delta }) => delta.role).length, 1);
  const made = foldAll(chat, translated);
  t.strictSame(fits(made), []);
  t.equal(made.choices[0]?.message.content, foldAll(completions, events).choices[0]?.text);
  t.strictSame(translated.at(-1), { event: '', data: '[DONE]' });
  t.end();
});

t.test("the transcript's space is not part of the answer, choices are told apart", (t) => {
  const translate = chatToCompletions.events();
  const deltas = (...choices: readonly object[]) =>
    stream({ choices })
      .flatMap(translate)
      .flatMap(({ data }) => JSON.parse(data).choices.map(({ delta }: Parsed) => delta));
  t.strictSame(deltas({ index: 0, text: ' ' }), [{ role: 'assistant', content: '' }]);
  t.strictSame(deltas({ index: 0, text: ' a' }), [{ content: 'a' }]);
  t.strictSame(deltas({ index: 0, text: ' b' }, { index: 1, text: ' c' }), [
    { content: ' b' },
    { role: 'assistant', content: 'c' },
  ]);
  t.strictSame(deltas({ index: 0, text: '', finish_reason: 'stop' }), [{}]);
  t.end();
});

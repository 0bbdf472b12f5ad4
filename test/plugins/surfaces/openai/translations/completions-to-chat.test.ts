import t from 'tap';
import { chat } from '../../../../../plugins/surfaces/openai/dialects/chat.ts';
import { completions } from '../../../../../plugins/surfaces/openai/dialects/completions.ts';
import { completionsToChat } from '../../../../../plugins/surfaces/openai/translations/completions-to-chat.ts';
import { translations } from '../../../../../plugins/surfaces/openai/translations/translations.ts';
import { openaiSchema } from '../../../../openai-schema.ts';
import { eventsOf, foldAll, stream, vendorAnswers, vendorStreams, type Parsed } from '../recorded.ts';
import { refusal } from '../refusal.ts';

t.test('a prompt becomes one user message, all members that chat has stay', (t) => {
  const { request } = completionsToChat;
  t.strictSame(
    request({
      model: 'm',
      prompt: 'Say hi',
      max_tokens: 5,
      temperature: 0,
      stop: ['\n'],
      n: 2,
      best_of: 2,
      stream: true,
      stream_options: { include_usage: true },
      user: 'u',
      seed: 1,
      presence_penalty: 1,
      frequency_penalty: 1,
      top_p: 1,
      logit_bias: { 5: 1 },
      suffix: null,
      echo: false,
      logprobs: null,
      x_vendor: { a: 1 },
    }),
    {
      model: 'm',
      max_tokens: 5,
      temperature: 0,
      stop: ['\n'],
      n: 2,
      stream: true,
      stream_options: { include_usage: true },
      user: 'u',
      seed: 1,
      presence_penalty: 1,
      frequency_penalty: 1,
      top_p: 1,
      logit_bias: { 5: 1 },
      x_vendor: { a: 1 },
      messages: [{ role: 'user', content: 'Say hi' }],
    },
  );
  t.strictSame(request({ prompt: ['one'] }).messages, [{ role: 'user', content: 'one' }]);
  t.end();
});

t.test('a member without equivalent in chat is refused with its name, its value and the remedy', (t) => {
  const refused = (body: object) => refusal(() => completionsToChat.request({ prompt: 'a', ...body }));
  for (const [member, value] of [
    ['suffix', 'end'],
    ['echo', true],
    ['best_of', 2],
    ['logprobs', 3],
    ['logprobs', 0],
    ['prompt', [1, 2, 3]],
    ['prompt', [[1, 2]]],
    ['prompt', ['a', 'b']],
    ['prompt', []],
  ] as const) {
    const { param, message } = refused({ [member]: value });
    t.equal(param, member, `${member} ${JSON.stringify(value)}`);
    t.match(message, new RegExp(`'${member}'.*/chat/completions.*Leave it out.*/completions`));
    t.ok(message.includes(String(JSON.stringify(value))), message);
  }
  t.match(refused({ prompt: undefined }), {
    param: 'prompt',
    message: "'prompt' is missing: /completions requires it.",
  });
  t.ok(refused({ suffix: 'x'.repeat(1000) }).message.length < 400, 'a long value is cut');
  t.end();
});

t.test("vendors' chat answers become text completions, as streams and whole", (t) => {
  const schema = openaiSchema('CreateCompletionResponse');
  // One vendor's fingerprint is null.
  const fits = (made: unknown) => schema(made).filter((error) => !error.startsWith('/system_fingerprint'));
  const answers = vendorAnswers().filter(
    ({ file, dialect, body }) => dialect === chat && !/tool-call|output-tools|error/.test(file) && body,
  );
  for (const { file, body } of answers) {
    const answer = JSON.parse(body.toString());
    const made = completionsToChat.answer(answer) as Parsed;
    t.strictSame(fits(made), [], file);
    t.strictSame({ ...made.usage }, answer.usage, `${file}: usage`);
    if (!file.includes('mistral-reasoning'))
      t.equal(made.choices[0].text, answer.choices[0].message.content, file);
  }
  const streams = vendorStreams().filter(
    (one) => one.dialect === chat && !/tool-call|output-tools/.test(one.file),
  );
  for (const { file, body } of streams) {
    const events = eventsOf(body);
    const translated = events.flatMap(completionsToChat.events());
    const [made, answer] = [foldAll(completions, translated), foldAll(chat, events)];
    t.strictSame(fits(made), [], file);
    t.equal(made.choices[0]?.text, answer.choices[0]?.message.content, `${file}: text`);
    t.strictSame(made.usage, answer.usage, `${file}: usage`);
    t.strictSame(translated.at(-1), { event: '', data: '[DONE]' }, `${file}: [DONE]`);
    t.notOk(
      translated.some(({ data }) => data.includes('"delta"')),
      `${file}: no deltas left`,
    );
  }
  t.end();
});

t.test('chunks without text are left out, errors and ends are not', (t) => {
  const translate = completionsToChat.events();
  const through = (payload: unknown) =>
    stream(payload)
      .flatMap(translate)
      .map(({ data }) => (data.startsWith('{') ? JSON.parse(data) : data));
  const chunk = (delta: object, rest: object = {}) => ({
    id: 'a',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: null, ...rest }],
  });
  t.strictSame(through(chunk({ role: 'assistant', content: '' })), []);
  t.strictSame(through(chunk({ reasoning_content: 'hm' })), []);
  t.match(through({ ...chunk({ role: 'assistant' }), usage: { total_tokens: 3 } }), [
    { usage: { total_tokens: 3 } },
  ]);
  t.strictSame(through(chunk({ content: 'a' })), [
    {
      id: 'a',
      object: 'text_completion',
      choices: [{ index: 0, finish_reason: null, text: 'a', logprobs: null }],
    },
  ]);
  t.match(through(chunk({ refusal: 'no' })), [{ choices: [{ text: 'no' }] }]);
  t.match(through(chunk({}, { finish_reason: 'length', content_filter_results: {} })), [
    { choices: [{ text: '', finish_reason: 'length', content_filter_results: {} }] },
  ]);
  t.match(through({ choices: [], usage: { total_tokens: 3 } }), [
    { choices: [], usage: { total_tokens: 3 } },
  ]);
  t.strictSame(through({ error: { message: 'm' } }), [{ error: { message: 'm' } }]);
  t.strictSame(through('[DONE]'), ['[DONE]']);
  t.strictSame(completionsToChat.answer({ error: 'm' }), { error: 'm' });
  t.end();
});

t.test('each translation has its two surfaces', (t) => {
  t.strictSame(
    translations.map(({ from, to, path }) => [from, to, path]),
    [
      ['completions', 'chat', '/chat/completions'],
      ['chat', 'completions', '/completions'],
      ['responses', 'chat', '/chat/completions'],
      // For OpenAI's models that reason, and where there is no chat.
      ['chat-input', 'responses', '/responses'],
      ['chat-input', 'chat', '/chat/completions'],
      ['chat-input', 'responses', '/responses'],
      ['chat', 'responses', '/responses'],
    ],
  );
  t.end();
});

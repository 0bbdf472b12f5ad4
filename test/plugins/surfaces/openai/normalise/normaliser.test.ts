import t from 'tap';
import { chunk, said, through, whole } from './normalised.ts';

t.test('the shape is repaired, and what a vendor adds stays', (t) => {
  const chunks = through(
    { tidy: true },
    {
      ...chunk({}),
      id: 'a',
      created: 1_700_000_000_123,
      choices: [{ delta: { content: 'Hel' }, message: {} }],
    },
    { ...chunk({ content: 'lo', x_more: 1 }), id: 'b', system_fingerprint: null, x_own: true },
    chunk({ role: 'assistant', content: '' }),
    chunk({}, 'stop', { usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } }),
    chunk({}, null, { choices: [], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } }),
    '[DONE]',
    '[DONE]',
  );
  const base = { id: 'a', object: 'chat.completion.chunk', created: 1_700_000_000, model: 'm' };
  const choice = (delta: object, reason: string | null = null) => [
    { index: 0, delta, finish_reason: reason },
  ];
  t.strictSame(chunks, [
    { ...base, choices: choice({ role: 'assistant', content: 'Hel' }) },
    { ...base, x_own: true, choices: choice({ content: 'lo', x_more: 1 }) },
    { ...base, choices: choice({}, 'stop') },
    { ...base, choices: [], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } },
    '[DONE]',
  ]);
  t.end();
});

t.test('several choices keep apart', (t) => {
  const two = (index: number, content: string, reason: string | null = null) => ({
    ...chunk({}),
    choices: [{ index, delta: { content }, finish_reason: reason }],
  });
  const chunks = through(
    { reasoning: ['think-tags'], ends: 'reason' },
    two(0, '<think>a</think>b'),
    two(1, '<think>c'),
    two(0, '', 'stop'),
    two(1, '</think>d'),
    '[DONE]',
  );
  const of = (index: number) => chunks.filter((one) => one.choices?.[0]?.index === index);
  t.equal(said(of(0), 'reasoning_content') + said(of(0), 'content'), 'ab');
  t.equal(said(of(1), 'reasoning_content') + said(of(1), 'content'), 'cd');
  t.notOk(chunks.includes('[DONE]'), 'one of the two was cut');
  t.end();
});

t.test('what proves the end', (t) => {
  const hello = chunk({ role: 'assistant', content: 'Hello' });
  t.notOk(through({ ends: 'reason' }, hello, '[DONE]').includes('[DONE]'), 'a reason, and there is none');
  t.equal(through({ ends: 'reason' }, hello, chunk({}, 'stop'), '[DONE]').at(-1), '[DONE]');
  t.equal(through({ tidy: true }, hello, '[DONE]').at(-1), '[DONE]', 'either');
  const [, stop, done] = through({ ends: 'done' }, hello, '[DONE]');
  t.match(
    [stop.choices[0], done],
    [{ delta: {}, finish_reason: 'stop' }, '[DONE]'],
    '[DONE], and a reason is added',
  );
  t.equal(through({ ends: 'done' }, hello).length, 1, 'without it nothing is added');
  const called = chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }] });
  t.match(through({ ends: 'done' }, called, '[DONE]')[1].choices[0], { finish_reason: 'tool_calls' });
  t.end();
});

t.test('an error in the disguise of an answer is one, however it was cut', (t) => {
  const failureTexts = ['[Mock] ', 'Sorry: '];
  const ask = (...texts: string[]) =>
    through({ failureTexts }, ...texts.map((content) => chunk({ content })), chunk({}, 'stop'), '[DONE]');
  for (const texts of [['\n\n[Mock] I am one'], ['\n', '[', 'Mo', 'ck] ', 'I am one'], ['Sorry', ': no']]) {
    const events = ask(...texts);
    t.match(
      events.at(-1),
      { error: { message: /^(\[Mock\]|Sorry:)/, type: 'upstream_error' } },
      texts.join('|'),
    );
    t.equal(said(events, 'content'), '', 'none of it was said before');
  }
  for (const texts of [['[Mo', 'dern] art'], ['Sor'], ['I say: [Mock] it'], ['\n', '\nHi']]) {
    t.equal(said(ask(...texts), 'content'), texts.join(''), 'what only began like one is said');
  }
  const answer = { choices: [{ message: { content: ' [Mock] I am one' }, finish_reason: 'stop' }] };
  t.match(whole({ failureTexts }, answer), { error: { message: '[Mock] I am one' } });
  t.end();
});

t.test('an error, and what is no answer, passes as it came', (t) => {
  const error = { error: 'RateLimitError' };
  const beside = { id: 'x', created: 1, error: { message: 'closed' } };
  t.strictSame(through({ tidy: true }, error, beside), [error, beside]);
  for (const answer of [error, 'text', null, [1], { object: 'list', data: [] }])
    t.equal(whole({ tidy: true }, answer), answer);
  t.end();
});

t.test('what is neither a chunk nor an error is not passed on, and text among chunks is an error', (t) => {
  const hello = chunk({ role: 'assistant', content: 'Hello' });
  const stop = chunk({}, 'stop');
  t.equal(
    said(through({ tidy: true }, hello, 'undefined', 'null', { half: 1 }, stop, '[DONE]'), 'content'),
    'Hello',
  );
  t.match(through({ tidy: true }, hello, '{oops', stop, '[DONE]'), [
    { choices: [{ delta: { content: 'Hello' } }] },
    { error: { message: /not an event of this API: \{oops/ } },
  ]);
  t.end();
});

t.test('members that OpenAI always sends are added: id, time, model and a finish reason', (t) => {
  const bare = (delta: object, reason?: string) => ({ choices: [{ delta, finish_reason: reason }] });
  const [first, last] = through(
    { tidy: true },
    { id: 7, created: 'now', model: null, ...bare({ content: 'a' }) },
    bare({}, 'eos'),
  );
  t.match(first, { id: '7', created: Number, model: 'm' });
  t.match(last, { id: first.id, created: first.created, choices: [{ finish_reason: 'stop' }] });
  for (const [ending, reason] of [
    ['max_tokens', 'length'],
    ['sensitive', 'content_filter'],
    ['', 'stop'],
  ])
    t.equal(
      whole({ tidy: true }, { choices: [{ message: { content: 'a' }, finish_reason: ending }] }).choices[0]
        .finish_reason,
      reason,
    );
  const [, ended] = through({ tidy: true }, chunk({ content: 'a' }), '[DONE]');
  t.equal(ended.choices[0].finish_reason, 'stop', 'where [DONE] proves the end');
  t.match(whole({ tidy: true }, { choices: [{ message: { content: 'a' } }] }), {
    id: /^chatcmpl-./,
    created: Number,
    model: 'm',
  });
  t.end();
});

t.test('tool calls are numbered, named once and have their arguments as text', (t) => {
  const calls = (...tool_calls: object[]) => chunk({ tool_calls });
  const chunks = through(
    { tidy: true },
    calls(
      { id: 'a', function: { name: 'f', arguments: { x: 1 } } },
      { function: { name: 'g', arguments: '{' } },
    ),
    calls({ function: { arguments: '}' } }),
    calls({ index: 0, id: 'b', function: { name: 'h' } }),
    chunk({}, 'tool_calls'),
  );
  const fragments = chunks.flatMap((one) => one.choices[0].delta.tool_calls ?? []);
  t.match(fragments, [
    { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
    { index: 1, id: /^call_./, type: 'function', function: { name: 'g', arguments: '{' } },
    { index: 1, function: { arguments: '}' } },
    { index: 2, id: 'b', type: 'function', function: { name: 'h', arguments: '' } },
  ]);
  const message = { tool_calls: [{ function: { name: 'f', arguments: { x: 1 } } }] };
  const [choice] = whole({ tidy: true }, { choices: [{ message }] }).choices;
  t.match(choice.message.tool_calls, [
    { id: /^call_./, type: 'function', function: { arguments: '{"x":1}' } },
  ]);
  t.notOk('index' in choice.message.tool_calls[0]);
  t.end();
});

t.test('a role, an id and a name that come with each chunk are said once', (t) => {
  const call = (name: string, args: string, id = 'a') =>
    chunk({
      role: 'assistant',
      tool_calls: [{ index: 0, id, type: 'function', function: { name, arguments: args } }],
    });
  const chunks = through(
    { tidy: true },
    call('', ''),
    call('pay', '{"amount":'),
    call('pay', '1'),
    call('', '000}', ''),
    chunk({ role: 'assistant' }, 'tool_calls'),
  );
  t.equal(said(chunks, 'role'), 'assistant');
  t.strictSame(
    chunks.flatMap((one) => one.choices[0].delta.tool_calls ?? []),
    [
      { index: 0, id: 'a', type: 'function', function: { name: '', arguments: '' } },
      { index: 0, function: { name: 'pay', arguments: '{"amount":' } },
      { index: 0, function: { arguments: '1' } },
      { index: 0, function: { arguments: '000}' } },
    ],
  );
  t.end();
});

t.test('content in parts becomes one text, pictures among them', (t) => {
  const content = [
    { type: 'text', text: 'See ' },
    { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
  ];
  t.equal(
    said(through({ tidy: true }, chunk({ content }), chunk({}, 'stop')), 'content'),
    'See ![image](https://example.com/a.png)',
  );
  t.end();
});

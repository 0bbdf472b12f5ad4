import t from 'tap';
import { separatorsFor } from '../../../../../plugins/surfaces/openai/normalise/separators.ts';
import { chance } from '../../../../chance.ts';
import { chunk, said, through, whole } from './normalised.ts';

const DETAILS =
  '<details type="reasoning" done="false">\n<summary>Thinking…</summary>\n> The user\n> > quotes\n>\n> it.\n</details>\n\nHello > there';

/** What stands in the content, and what it says. */
const TAGGED: readonly [
  form: 'think-tags' | 'details-tags',
  text: string,
  reasoning: string,
  content: string,
][] = [
  ['think-tags', '<think>The user says.</think>Hello', 'The user says.', 'Hello'],
  ['think-tags', '\n <think>\n\nOne\n two </th\n</think>\r\n\nHello\n', 'One\n two </th\n', 'Hello\n'],
  ['think-tags', '<think></think>Hello', '', 'Hello'],
  ['think-tags', '<think>cut short </thi', 'cut short </thi', ''],
  ['think-tags', '<think>a</think>b <think>c</think> d', 'a', 'b <think>c</think> d'],
  ['think-tags', '<think>a</think>\n<think>b</think>\n\n<thin', 'ab', '<thin'],
  [
    'think-tags',
    '<think>a</think> <think>b</think>\n<think>c</think>\n<think>d</think> <thinker>',
    'abcd',
    ' <thinker>',
  ],
  ['think-tags', '<think>\na<think>\nb</think>c <think>', 'a\nb', 'c <think>'],
  ['think-tags', 'The tag <think> opens </think> it', '', 'The tag <think> opens </think> it'],
  ['think-tags', '<thinking>no tag of ours</thinking>', '', '<thinking>no tag of ours</thinking>'],
  ['think-tags', '<thin', '', '<thin'],
  ['think-tags', '  \n', '', '  \n'],
  ['think-tags', `<think ${'x'.repeat(300)}>`, '', `<think ${'x'.repeat(300)}>`],
  ['details-tags', DETAILS, 'The user\n> quotes\n\nit.', 'Hello > there'],
  ['details-tags', '<details type="reasoning">> a\n>b</details>c', 'a\nb', 'c'],
  [
    'details-tags',
    '<details type="reasoning">a <summary>b</summary></details>',
    'a <summary>b</summary>',
    '',
  ],
  [
    'details-tags',
    '<details><summary>a page</summary></details>',
    '',
    '<details><summary>a page</summary></details>',
  ],
];

t.test('reasoning between tags is the same however the text was cut', (t) => {
  const { below } = chance(11);
  for (const [form, text, reasoning, content] of TAGGED) {
    for (let times = 0; times < 300; times++) {
      const [separator] = separatorsFor([form]);
      const parts: { reasoning: string; content: string }[] = [];
      // The first times whole, and character by character.
      for (let at = 0; at < text.length;) {
        const length = times === 0 ? text.length : times === 1 ? 1 : below(text.length) + 1;
        parts.push(separator!.push(text.slice(at, at + length)));
        at += length;
      }
      parts.push(separator!.end());
      const result = {
        reasoning: parts.map((part) => part.reasoning).join(''),
        content: parts.map((part) => part.content).join(''),
      };
      if (result.reasoning !== reasoning || result.content !== content) {
        t.strictSame(result, { reasoning, content }, `${form}: ${text.slice(0, 60)}`);
        break;
      }
    }
  }
  t.end();
});

t.test('a stream and a whole answer are separated alike, over any cut', (t) => {
  const { below } = chance(12);
  const text = '<think>The user says hello.</think>\nHello there, Grüße an 世界 👋.';
  for (let times = 0; times < 100; times++) {
    const deltas: object[] = [];
    for (let at = 0; at < text.length;) {
      const length = below(20) + 1;
      deltas.push(chunk({ content: text.slice(at, at + length) }));
      at += length;
    }
    const chunks = through({ reasoning: ['think-tags'] }, ...deltas, chunk({}, 'stop'), '[DONE]');
    if (said(chunks, 'reasoning_content') !== 'The user says hello.')
      t.fail(JSON.stringify(chunks.slice(0, 5)));
    if (said(chunks, 'content') !== 'Hello there, Grüße an 世界 👋.') t.fail(JSON.stringify(chunks));
  }
  const answer = { id: 'one', choices: [{ message: { role: 'assistant', content: text } }] };
  t.match(whole({ reasoning: ['think-tags'] }, answer).choices[0], {
    message: { reasoning_content: 'The user says hello.', content: 'Hello there, Grüße an 世界 👋.' },
    finish_reason: 'stop',
  });
  t.end();
});

t.test('where the reasoning has no end, all of it is the answer too, unless it was cut short', (t) => {
  const open = [chunk({ content: '<think>Hello' }), chunk({ content: ' there</' })];
  const stopped = through({ reasoning: ['think-tags'] }, ...open, chunk({}, 'stop'));
  t.equal(said(stopped, 'reasoning_content'), 'Hello there</');
  t.equal(said(stopped, 'content'), 'Hello there</');
  for (const end of [[chunk({}, 'length'), '[DONE]'], []]) {
    const cut = through({ reasoning: ['think-tags'] }, ...open, ...end);
    t.equal(said(cut, 'reasoning_content'), 'Hello there</', 'nothing is lost');
    t.equal(said(cut, 'content'), '');
  }
  const called = [chunk({ tool_calls: [{ index: 0, id: 'a' }] }), chunk({}, 'tool_calls')];
  t.equal(
    said(through({ reasoning: ['think-tags'] }, ...open, ...called), 'content'),
    '',
    'a tool is called',
  );
  t.end();
});

t.test('thinking in each delta, and thinking beside the content', (t) => {
  const each = through(
    { reasoning: ['think-each-delta'] },
    chunk({ content: '<think>\nThe user' }),
    chunk({ content: '<think>\n says.' }),
    chunk({ content: 'Hello' }),
    chunk({ content: '<think> is a tag' }),
  );
  t.equal(said(each, 'reasoning_content'), 'The user says.');
  t.equal(said(each, 'content'), 'Hello<think> is a tag');
  const beside = through(
    { reasoning: ['thinking-delta'] },
    chunk({ role: 'assistant', thinking: { content: '> The user\n' } }),
    chunk({ role: 'assistant', thinking: { content: '> says.' } }),
    chunk({ role: 'assistant', thinking: { content: '', signature: '17' } }),
    chunk({ role: 'assistant', content: 'Hello' }),
  );
  t.equal(said(beside, 'reasoning_content'), 'The user\nsays.');
  t.equal(said(beside, 'content'), 'Hello');
  t.notMatch(JSON.stringify(beside), /thinking"|signature/);
  t.equal(beside.length, 3, 'a delta that says nothing is no event');
  t.end();
});

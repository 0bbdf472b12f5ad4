/** A chat's messages as turns of Anthropic's API: their order, and what has no place there. */
import t from 'tap';
import { chatToMessages } from '../../../../../plugins/surfaces/anthropic/from-chat/index.ts';
import type { Parsed } from '../../openai/recorded.ts';
import { refusal } from '../../openai/refusal.ts';
import { user } from './provider-of-messages.ts';

function asMessages(messages: object[]): Parsed {
  const dropped: string[] = [];
  const request: Parsed = chatToMessages.request({ model: 'claude-opus-5', messages }, dropped);
  return { ...request, dropped };
}

const text = (said: string) => ({ type: 'text', text: said });
const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } });
const result = (id: string) => ({ role: 'tool', tool_call_id: id, content: id });

t.test('a system message in the middle keeps its place, and its role is listed as left out', (t) => {
  const { system, messages, dropped } = asMessages([
    { role: 'system', content: 'one' },
    { role: 'developer', content: 'two' },
    user('hi'),
    { role: 'assistant', content: 'yes' },
    { role: 'system', content: 'from here on' },
    user('go on'),
  ]);
  t.strictSame(system, [text('one'), text('two')]);
  t.strictSame(messages.at(-1), user([text('from here on'), text('go on')]));
  t.strictSame(dropped, ['messages.role']);
  t.end();
});

t.test('results stand first in their turn, in their order', (t) => {
  const { messages } = asMessages([
    user('hi'),
    { role: 'assistant', tool_calls: [call('a'), call('b')] },
    { role: 'system', content: 'hurry' },
    result('a'),
    result('b'),
    user('and?'),
  ]);
  t.match(messages.at(-1).content, [
    { type: 'tool_result', tool_use_id: 'a' },
    { type: 'tool_result', tool_use_id: 'b' },
    text('hurry'),
    text('and?'),
  ]);
  t.end();
});

t.test('ids that differ stay different, and a call has the id of its result', (t) => {
  const ids = ['call.1', 'call:1', 'call_1', 'call 1', 'функция', 'функцию'];
  const { messages } = asMessages([
    user('hi'),
    { role: 'assistant', tool_calls: ids.map(call) },
    ...ids.map(result),
  ]);
  const used: string[] = messages[1].content.map(({ id }: { id: string }) => id);
  t.equal(new Set(used).size, ids.length);
  for (const id of used) t.match(id, /^[a-zA-Z0-9_-]+$/);
  t.ok(used.includes('call_1'));
  t.strictSame(
    messages[2].content.map((block: { tool_use_id: string }) => block.tool_use_id),
    used,
  );
  t.end();
});

t.test('white space beside a call is no text', (t) => {
  const { messages } = asMessages([
    user('hi'),
    { role: 'assistant', content: '\n\n', tool_calls: [call('a')] },
    result('a'),
  ]);
  t.match(messages[1].content, [{ type: 'tool_use' }]);
  t.equal(messages[1].content.length, 1);
  t.end();
});

t.test(
  'content that has no place is refused by its name, and what a server wrote beside its answer is told',
  (t) => {
    for (const [message, member] of [
      [{ role: 'user', images: ['iVBO'] }, 'messages[0].images'],
      [{ role: 'user', content: 'hi', of_tomorrow: 'x' }, 'messages[0].of_tomorrow'],
      [{ role: 'assistant', content: 'hi', images: ['iVBO'] }, 'messages[0].images'],
    ] as const)
      t.match(
        refusal(() => asMessages([message])),
        { code: 'not_translatable', param: member },
      );
    const { dropped } = asMessages([
      user('hi'),
      {
        role: 'assistant',
        content: 'yes',
        annotations: [{ url: 'https://a.example' }],
        logprobs: null,
        audio: null,
      },
    ]);
    t.strictSame(dropped, ['messages.annotations']);
    t.end();
  },
);

t.test('thought that another vendor has signed or hidden is left out, and listed', (t) => {
  const of = (format: string | undefined) => [
    { type: 'reasoning.encrypted', data: 'sealed', ...(format && { format }) },
    { type: 'reasoning.text', text: 'hm', signature: 'sig', ...(format && { format }) },
  ];
  for (const format of ['openai-responses-v1', 'google-gemini-v1']) {
    const { messages, dropped } = asMessages([
      user('hi'),
      { role: 'assistant', content: 'yes', reasoning_details: of(format) },
      user('go on'),
    ]);
    t.strictSame(messages[1].content, [text('yes')], format);
    t.strictSame(dropped, ['messages.reasoning_details']);
  }
  for (const format of ['anthropic-claude-v1', undefined]) {
    const { messages, dropped } = asMessages([
      user('hi'),
      { role: 'assistant', content: 'yes', reasoning_details: of(format) },
    ]);
    t.match(messages[1].content, [{ type: 'redacted_thinking' }, { type: 'thinking' }, text('yes')]);
    t.strictSame(dropped, []);
  }
  t.end();
});

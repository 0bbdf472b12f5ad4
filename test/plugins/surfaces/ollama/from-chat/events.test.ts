/** Lines of Ollama's own API, as the chunks of a chat. */
import t from 'tap';
import { chatToOllama } from '../../../../../plugins/surfaces/ollama/from-chat/index.ts';
import type { Parsed } from '../../../../switchyard.ts';
import { makeCall } from '../../openai/recorded.ts';

const line = (message: object, more: object = { done: false }) => ({
  model: 'own',
  created_at: '2026-01-01T00:00:00.5Z',
  message: { role: 'assistant', content: '', ...message },
  ...more,
});
const call = (name: string, more: object = {}) => ({
  ...more,
  function: { index: 0, name, arguments: { a: 1 } },
});
const LAST = line({}, { done: true, done_reason: 'stop', prompt_eval_count: 7, eval_count: 2 });

function chunks(lines: readonly object[], asked = {}): Parsed[] {
  const translate = chatToOllama.events(makeCall(asked));
  const events = lines.flatMap((one) => translate({ event: '', data: JSON.stringify(one) }));
  t.equal(events.at(-1)?.data, '[DONE]');
  return events.slice(0, -1).map(({ data }) => JSON.parse(data) as Parsed);
}

t.test('texts and thoughts come as they are said, then why it ended', (t) => {
  const got = chunks([line({ thinking: 'Hm.' }), line({ content: 'Hel' }), line({ content: 'lo' }), LAST]);
  t.match(
    got.map(({ choices: [choice] }) => choice),
    [
      { delta: { role: 'assistant', content: '' } },
      { delta: { reasoning_content: 'Hm.' } },
      { delta: { content: 'Hel' }, finish_reason: null },
      { delta: { content: 'lo' } },
      { delta: {}, finish_reason: 'stop' },
    ],
  );
  const [{ id, created }] = got;
  t.match(created, 1_767_225_600);
  for (const one of got) t.match(one, { id, created, object: 'chat.completion.chunk', model: 'own' });
  t.end();
});

t.test('tokens are counted for a caller that asked for it', (t) => {
  const got = chunks([line({ content: 'a' }), LAST], {
    stream: true,
    stream_options: { include_usage: true },
  });
  t.match(got.at(-1), { choices: [], usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 } });
  t.end();
});

t.test('calls have ids and numbers of their own, where Ollama has neither', (t) => {
  const got = chunks([
    line({ tool_calls: [call('one'), call('two', { id: 'x' })] }),
    line({ tool_calls: [call('three')] }),
    LAST,
  ]);
  const calls = got.flatMap(({ choices: [{ delta }] }) => delta.tool_calls ?? []);
  t.match(calls, [
    { index: 0, id: /^call_/, type: 'function', function: { name: 'one', arguments: '{"a":1}' } },
    { index: 1, id: 'x', function: { name: 'two' } },
    { index: 2, id: /^call_/, function: { name: 'three' } },
  ]);
  t.not(calls[0].id, calls[2].id);
  t.equal(got.at(-1).choices[0].finish_reason, 'tool_calls');
  t.end();
});

t.test('a whole answer is one of chat', (t) => {
  const answer = (message: object, more: object = {}): Parsed =>
    chatToOllama.answer({ ...LAST, ...line(message, { done: true, done_reason: 'stop' }), ...more });
  t.match(answer({ content: 'Hello', thinking: 'Hm.' }, { prompt_eval_count: 7, eval_count: 2 }), {
    id: /^chatcmpl-/,
    object: 'chat.completion',
    created: 1_767_225_600,
    model: 'own',
    choices: [
      { message: { content: 'Hello', reasoning_content: 'Hm.', refusal: null }, finish_reason: 'stop' },
    ],
    usage: { prompt_tokens: 7, completion_tokens: 2 },
  });
  t.match(answer({ tool_calls: [call('one')] }), {
    choices: [{ message: { content: null, tool_calls: [{ id: /^call_/ }] }, finish_reason: 'tool_calls' }],
  });
  t.match(answer({ content: 'a' }, { done_reason: 'length', logprobs: [{ token: 'a', logprob: -1 }] }), {
    choices: [{ finish_reason: 'length', logprobs: { content: [{ token: 'a' }] } }],
  });
  t.end();
});

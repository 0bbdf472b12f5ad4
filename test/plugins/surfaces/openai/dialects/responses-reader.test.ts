import t from 'tap';
import { generic } from '../../../../../plugins/surfaces/openai/dialects/dialects.ts';
import { responses } from '../../../../../plugins/surfaces/openai/dialects/responses.ts';
import { makeCall, readStream, stream } from '../recorded.ts';

const item = (type: string, state: 'added' | 'done', rest: object = {}) => ({
  type: `response.output_item.${state}`,
  output_index: 0,
  item: { type, id: 'i', ...rest },
});

t.test('deltas and calls are content, beginnings are not', (t) => {
  const isContent = (payload: unknown) => readStream(responses, stream(payload)).content;
  for (const type of [
    'response.output_text.delta',
    'response.reasoning_text.delta',
    'response.reasoning_summary_text.delta',
    'response.refusal.delta',
    'response.function_call_arguments.delta',
    'response.audio.delta',
    'response.audio.transcript.delta',
    'response.code_interpreter_call_code.delta',
    'response.custom_tool_call_input.delta',
    'response.mcp_call_arguments.delta',
  ]) {
    t.ok(isContent({ type, delta: 'a' }), type);
    t.notOk(isContent({ type, delta: '' }), `${type} without any`);
  }
  t.ok(isContent({ type: 'response.image_generation_call.partial_image', partial_image_b64: 'AA' }));
  t.ok(isContent({ type: 'response.output_text.done', text: 'a' }));
  t.ok(isContent(item('function_call', 'added', { name: 'f', arguments: '' })));
  t.ok(isContent(item('web_search_call', 'added')));
  t.ok(isContent(item('message', 'done', { content: [{ type: 'output_text', text: 'a' }] })));
  t.ok(isContent(item('reasoning', 'done', { summary: [], encrypted_content: 'x' })));
  t.notOk(isContent(item('message', 'added', { content: [] })));
  t.notOk(isContent(item('message', 'done', { content: [{ type: 'output_text', text: '' }] })));
  t.notOk(isContent(item('reasoning', 'added', { summary: [], encrypted_content: 'x' })));
  t.notOk(isContent(item('reasoning', 'done', { summary: [] })));
  t.notOk(
    isContent({ type: 'response.created', response: { status: 'in_progress', error: null, output: [] } }),
  );
  t.end();
});

t.test('the closing event closes, and is empty when its response is', (t) => {
  const message = { type: 'message', content: [{ type: 'output_text', text: 'a' }] };
  const end = (type: string, response: object) => readStream(responses, stream({ type, response }));
  t.match(end('response.completed', { output: [message] }), {
    outcome: 'whole',
    terminal: true,
    finished: false,
  });
  t.match(end('response.completed', { output: [] }), { outcome: 'empty', terminal: true });
  t.match(end('response.incomplete', { output: [], incomplete_details: { reason: 'max_output_tokens' } }), {
    outcome: 'whole',
  });
  t.match(end('response.incomplete', { output: [], incomplete_details: { reason: 'content_filter' } }), {
    outcome: 'whole',
  });
  t.match(end('response.incomplete', { output: [], incomplete_details: null }), { outcome: 'empty' });
  const unclosed = readStream(
    responses,
    stream({ type: 'response.output_text.delta', delta: 'a' }, '[DONE]'),
  );
  t.equal(unclosed.outcome, 'cut', '[DONE] proves nothing here');
  t.end();
});

t.test('failures and error events are errors with their text', (t) => {
  const error = (payload: unknown, event = '') =>
    responses.reader(makeCall()).read({ event, data: JSON.stringify(payload) });
  t.match(
    error({ type: 'response.failed', response: { status: 'failed', error: { code: 'x', message: 'm' } } }),
    { error: 'm', native: true },
  );
  t.match(error({ type: 'error', error: { message: 'm', code: 'x' } }), { error: 'm', native: true });
  t.match(
    error({ type: 'error', code: 'x', message: 'm', param: null }),
    { error: 'm', native: false },
    'two SDKs would not throw',
  );
  t.match(error({ error: { message: 'm' } }), { error: 'm' });
  t.match(error({ detail: 'm' }), { error: 'm' });
  t.match(error({ message: 'm' }, 'error'), { error: 'm' });
  t.match(error({ type: 'response.failed', response: {} }), { error: /no text/ });
  t.match(readStream(responses, stream('<html>')).error, /not an event of this API/);
  t.equal(
    readStream(responses, stream({ type: 'response.output_text.delta', delta: 'a' }, '<html>')).error,
    undefined,
  );
  t.end();
});

t.test('the type may be in the event field alone', (t) => {
  const events = [
    { event: 'response.output_text.delta', data: '{"delta":"a"}' },
    { event: 'response.completed', data: '{"response":{"output":[]}}' },
  ];
  t.match(readStream(responses, events), { outcome: 'whole', content: true, terminal: true });
  t.end();
});

t.test('a stream of images ends with the requested number of images', (t) => {
  const done = { type: 'image_generation.completed', b64_json: 'AA' };
  const partial = { type: 'image_generation.partial_image', b64_json: 'AA' };
  const read = (choices: number, ...payloads: readonly unknown[]) =>
    readStream(generic('images'), stream(...payloads), makeCall({}, choices));
  t.match(read(1, partial, done), { outcome: 'whole', terminal: true });
  t.match(read(2, partial, done), { outcome: 'cut', terminal: false });
  t.match(read(2, done, done), { outcome: 'whole', terminal: true, finished: true });
  t.match(read(1, { error: { message: 'm' } }), { outcome: 'error', error: 'm' });
  t.end();
});

t.test('sound and transcripts end with their last event, unknown streams by ending', (t) => {
  const read = (...payloads: readonly unknown[]) => readStream(generic('audio'), stream(...payloads)).outcome;
  t.equal(read({ type: 'speech.audio.delta', audio: 'AA' }), 'cut');
  t.equal(
    read({ type: 'speech.audio.delta', audio: 'AA' }, { type: 'speech.audio.done', usage: {} }),
    'whole',
  );
  t.equal(
    read({ type: 'transcript.text.delta', delta: 'a' }, { type: 'transcript.text.done', text: 'a' }),
    'whole',
  );
  t.equal(read({ whatever: 1 }), 'whole');
  t.equal(read({ whatever: 1 }, '[DONE]'), 'whole');
  t.equal(read(), 'empty');
  t.end();
});

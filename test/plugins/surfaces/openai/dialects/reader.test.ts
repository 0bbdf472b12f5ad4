import t from 'tap';
import { chat } from '../../../../../plugins/surfaces/openai/dialects/chat.ts';
import { completions } from '../../../../../plugins/surfaces/openai/dialects/completions.ts';
import {
  BROKEN,
  eventsOf,
  makeCall,
  providerAnswers,
  readStream,
  stream,
  vendorStreams,
} from '../recorded.ts';

/** How the streams of local provider programs end, first match first; the rest are whole. */
const OUTCOMES: readonly [files: RegExp, outcome: string, why: string][] = [
  [/python\/stream-upstream-cut|ctoapi\/stream-upstream-cut/, 'whole', 'says stop and [DONE] after a cut'],
  [/(for-z|ztoapi|ztoapits)\/stream-upstream-errframe/, 'whole', 'says stop and [DONE] after half the text'],
  [/z\.ai2api(-python)?\/stream-upstream-errframe/, 'whole', 'half the text, then [DONE] without a reason'],
  [/seed\/stream-upstream-dns/, 'whole', 'invents an answer'],
  [/grok2api\/stream-upstream-(cut|errframe)/, 'error', 'an error object, an error string'],
  [/python\/stream-upstream-(\d+|dns|refused)/, 'error', 'an error object and [DONE]'],
  [/k2think2api3\/stream-upstream-(?!empty|errframe)/, 'error', 'a text and finish_reason error'],
  [/-upstream-cut/, 'cut', 'ends in the middle'],
  [/-upstream-/, 'empty', 'no content, whatever went wrong'],
];

t.test('every vendor stream that was recorded whole is read as whole', (t) => {
  const streams = vendorStreams();
  t.ok(streams.length > 50, `${streams.length} recordings`);
  for (const { file, dialect, body } of streams) {
    const { outcome, content, terminal, finished } = readStream(dialect, eventsOf(body));
    if (/openai-error/.test(file) || file === BROKEN) {
      t.equal(outcome, 'error', file);
      continue;
    }
    const ends = dialect.surface === 'responses' ? !finished : finished;
    t.strictSame(
      { outcome, content, terminal, ends },
      { outcome: 'whole', content: true, terminal: true, ends: true },
      file,
    );
  }
  t.end();
});

t.test('a vendor stream without its last events is a cut', (t) => {
  const streams = vendorStreams().filter(
    ({ file }) => !/openai-error|tool-search|apply-patch|custom-tool/.test(file) && file !== BROKEN,
  );
  for (const { file, dialect, body } of streams) {
    const events = eventsOf(body);
    const end = events.findIndex(({ data }) => /"finish_reason":"|"response\.completed"/.test(data));
    const { outcome } = readStream(dialect, events.slice(0, end));
    t.ok(outcome === 'cut' || (outcome === 'empty' && end < 3), `${file}: ${outcome}`);
  }
  t.end();
});

t.test('streams of local provider programs end as they were seen to end', (t) => {
  const streams = providerAnswers().filter(({ streamed }) => streamed);
  const unused = new Set(OUTCOMES);
  for (const { file, dialect, body } of streams) {
    const row = OUTCOMES.find(([files]) => files.test(file));
    if (row) unused.delete(row);
    t.equal(readStream(dialect, eventsOf(body)).outcome, row?.[1] ?? 'whole', `${file}: ${row?.[2] ?? ''}`);
  }
  t.strictSame([...unused], [], 'each rule has a recording');
  t.end();
});

const chunk = (delta: object | undefined, finish: string | null = null, rest: object = {}) => ({
  choices: [{ index: 0, ...(delta ? { delta } : {}), finish_reason: finish, ...rest }],
});

t.test('only text, reasoning and tool calls are content', (t) => {
  const isContent = (payload: unknown) => readStream(chat, stream(payload)).content;
  for (const delta of [
    { content: 'a' },
    { content: [{ type: 'text', text: 'a' }] },
    { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'a' }] }] },
    { reasoning_content: 'a' },
    { reasoning: 'a' },
    { thinking: 'a' },
    { thinking: { content: 'a' } },
    { reasoning_details: [{ type: 'reasoning.text', text: 'a' }] },
    { refusal: 'a' },
    { tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '{' } }] },
    { function_call: { name: 'f' } },
    { audio: { id: 'a', data: 'AAAA' } },
    { images: [{ type: 'image_url', image_url: { url: 'data:' } }] },
    { annotations: [{ type: 'url_citation', url_citation: { url: 'https://example.com' } }] },
  ]) {
    t.ok(isContent(chunk(delta)), JSON.stringify(delta));
    t.ok(isContent({ choices: [{ message: delta }] }), `as a message: ${JSON.stringify(delta)}`);
  }
  for (const delta of [
    { role: 'assistant' },
    { role: 'assistant', content: '' },
    { content: null, reasoning_content: '', refusal: null },
    { content: [{ type: 'text', text: '' }] },
    { thinking: { content: '', signature: '1795533717203' } },
    { tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: '', arguments: '' } }] },
    { tool_calls: [], annotations: [], images: [] },
    { audio: { id: 'a', expires_at: 1 } },
  ]) {
    t.notOk(isContent(chunk(delta)), JSON.stringify(delta));
  }
  t.notOk(isContent({ choices: [], prompt_filter_results: [{ prompt_index: 0 }] }), "Azure's first chunk");
  t.notOk(isContent({ choices: [], usage: { total_tokens: 3 } }), 'usage');
  t.ok(readStream(completions, stream({ choices: [{ text: 'a' }] })).content, 'a text');
  t.notOk(
    readStream(completions, stream({ choices: [{ text: '', finish_reason: null }] })).content,
    'no text',
  );
  t.end();
});

t.test('an in-band error is recognised in each shape, with its text', (t) => {
  const errorOf = (...payloads: readonly unknown[]) => readStream(chat, stream(...payloads)).error;
  t.equal(errorOf({ error: { message: 'no quota', code: 429 } }), 'no quota');
  t.equal(errorOf({ error: 'RateLimitError' }), 'RateLimitError');
  t.equal(errorOf({ error: { code: 500 } }), '{"code":500}');
  t.equal(errorOf({ error: true, message: 'broken' }), 'broken');
  t.equal(errorOf({ detail: 'Not Found' }), 'Not Found');
  t.equal(errorOf({ detail: [{ loc: ['body'], msg: 'field required' }] }), 'body: field required');
  t.equal(errorOf({ detail: { error: { message: 'nested' } } }), 'nested');
  t.equal(errorOf({ message: 'no such model', code: 'not_found' }), 'no such model');
  t.equal(errorOf({ success: false, errors: [{ code: 7, message: 'first of a list' }] }), 'first of a list');
  t.equal(errorOf({ choices: [], error: { message: 'beside no choices' } }), 'beside no choices');
  t.equal(
    errorOf(chunk({ content: '' }, 'error', {}), '[DONE]'),
    'the upstream ended its answer with an error and no text',
  );
  t.equal(
    errorOf(chunk({ content: 'it failed: ' }), chunk({ content: '500' }), chunk({}, 'error')),
    'it failed: 500',
  );
  t.equal(errorOf({ ...chunk({ content: '' }, 'error'), error: { message: 'bad gateway' } }), 'bad gateway');
  t.equal(readStream(chat, [{ event: 'error', data: '{"message":"named"}' }]).error, 'named');
  t.equal(readStream(chat, [{ event: 'error', data: 'no JSON' }]).error, 'no JSON');
  t.end();
});

t.test('what only looks like an error is none', (t) => {
  const errorOf = (...payloads: readonly unknown[]) => readStream(chat, stream(...payloads)).error;
  t.equal(errorOf({ ...chunk({ content: 'a' }), error: null }), undefined);
  t.equal(errorOf({ ...chunk({ role: 'assistant' }), error: {} }), undefined);
  t.equal(errorOf({ ...chunk({ role: 'assistant' }), error: { code: 0, message: '' } }), undefined);
  t.equal(
    errorOf({ ...chunk({ content: 'a' }), error: { message: 'a warning' } }),
    undefined,
    'it has content',
  );
  t.equal(errorOf({ ...chunk({ role: 'assistant' }), code: 'x', message: 'y' }), undefined, 'it has choices');
  t.equal(errorOf({ code: 0, message: 'success' }), undefined);
  t.equal(errorOf({ type: 'ping' }), undefined);
  t.equal(readStream(chat, [{ event: 'ping', data: 'ping' }]).error, undefined);
  t.end();
});

t.test('data that is not JSON is an error before content, and passes after it', (t) => {
  t.match(
    readStream(chat, stream('<html>Just a moment...</html>')).error,
    /not an event of this API: <html>/,
  );
  t.match(readStream(chat, stream(chunk({ role: 'assistant' }), '"text"')).error, /not an event of this API/);
  const after = readStream(chat, stream(chunk({ content: 'a' }), '<html>', chunk({}, 'stop')));
  t.match(after, { error: undefined, outcome: 'whole' });
  t.end();
});

t.test('an error that SDKs understand passes unchanged, any other does not', (t) => {
  const native = (payload: unknown) =>
    chat.reader(makeCall()).read({ event: '', data: JSON.stringify(payload) }).native;
  t.equal(native({ error: { message: 'no quota', type: 'x', code: 1 } }), true);
  t.equal(native({ error: 'RateLimitError' }), false);
  t.equal(native({ detail: 'Not Found' }), false);
  t.end();
});

t.test('an answer is finished when each requested choice has its finish reason', (t) => {
  const end = (index: number | undefined, reason: string | null = 'stop') => ({
    choices: [{ index, delta: {}, finish_reason: reason }],
  });
  const finished = (choices: number, ...payloads: readonly unknown[]) =>
    readStream(chat, stream(chunk({ content: 'a' }), ...payloads), makeCall({}, choices)).finished;
  t.notOk(finished(1));
  t.notOk(finished(1, end(0, null), end(0, '')));
  t.ok(finished(1, end(0)));
  t.ok(finished(1, end(undefined)), 'without an index');
  t.notOk(finished(2, end(0), end(0)), 'the same one twice');
  t.ok(finished(2, end(1), end(0, 'length')));
  t.ok(finished(0, end(0)), 'no choices means one');
  t.notOk(readStream(chat, stream('[DONE]')).finished, '[DONE] is not a reason');
  t.end();
});

t.test('an empty answer is explained by length and filter alone', (t) => {
  const read = (...payloads: readonly unknown[]) => readStream(chat, stream(...payloads));
  for (const reason of ['length', 'content_filter', 'max_tokens'])
    t.ok(read(chunk({}, reason)).explained, reason);
  for (const reason of ['stop', 'tool_calls', 'function_call', null])
    t.notOk(read(chunk({}, reason)).explained, `${reason}`);
  t.ok(
    read(chunk({}, 'stop', { content_filter_results: { hate: { filtered: true } } })).explained,
    "Azure's filter",
  );
  t.notOk(read(chunk({}, 'stop', { content_filter_results: { hate: { filtered: false } } })).explained);
  t.end();
});

t.test('[DONE] closes, with white space around it too', (t) => {
  t.ok(readStream(chat, stream(' [DONE] ')).terminal);
  t.ok(readStream(completions, stream('[DONE]')).terminal);
  t.notOk(readStream(chat, stream(chunk({ content: '[DONE]' }))).terminal, 'as a text it is one');
  t.end();
});

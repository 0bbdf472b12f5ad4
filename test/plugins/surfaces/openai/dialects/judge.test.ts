import t from 'tap';
import { chat } from '../../../../../plugins/surfaces/openai/dialects/chat.ts';
import { completions } from '../../../../../plugins/surfaces/openai/dialects/completions.ts';
import { dialects, generic } from '../../../../../plugins/surfaces/openai/dialects/dialects.ts';
import { embeddings } from '../../../../../plugins/surfaces/openai/dialects/embeddings.ts';
import { responses } from '../../../../../plugins/surfaces/openai/dialects/responses.ts';
import { readRecording } from '../../../../upstream/recordings.ts';
import { providerAnswers, vendorAnswers } from '../recorded.ts';

const json = (body: Buffer): unknown => JSON.parse(body.toString());

t.test("vendors' answers are content, their refusals errors with the text", (t) => {
  const answers = vendorAnswers();
  t.ok(answers.length > 40, `${answers.length} recordings`);
  for (const { file, dialect, body } of answers) {
    const verdict = dialect.judge(json(body));
    if (file.endsWith('error.json') || file.endsWith('openai-error.1.json')) {
      t.match(verdict, { kind: 'error', message: /^(Unsupported parameter|You exceeded)/ }, file);
    } else t.equal(verdict.kind, 'content', file);
  }
  t.end();
});

t.test('answers of local provider programs without content are empty', (t) => {
  // Half a text, or one made up, looks like an answer, and so do tokens that were made up.
  const looksWhole =
    /upstream-(cut|dns)|(for-z|ztoapi|ztoapits|z\.ai2api)\/nonstream-upstream-errframe|python\/|api3\/nonstream-upstream-(401|empty)/;
  for (const { file, dialect, body, streamed } of providerAnswers()) {
    if (streamed) continue;
    const expected = /-upstream-/.test(file) && !looksWhole.test(file) ? 'empty' : 'content';
    t.equal(dialect.judge(json(body)).kind, expected, file);
  }
  t.end();
});

const answer = (message: object, finish_reason: string | null = 'stop', rest: object = {}) => ({
  object: 'chat.completion',
  choices: [{ index: 0, message, finish_reason }],
  ...rest,
});

t.test('a chat answer is valid when it has content or explains itself', (t) => {
  const kind = (value: unknown) => chat.judge(value).kind;
  t.equal(kind(answer({ content: 'a' })), 'content');
  t.equal(
    kind(answer({ content: null, tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{}' } }] })),
    'content',
  );
  t.equal(kind(answer({ content: '', reasoning_content: 'a' })), 'content');
  t.equal(kind(answer({ refusal: 'a' })), 'content');
  t.equal(kind(answer({ audio: { data: 'AA' } })), 'content');
  t.equal(kind(answer({ content: '' }, 'length')), 'content');
  t.equal(kind(answer({ content: '' }, 'content_filter')), 'content');
  t.equal(kind(answer({ content: '' })), 'empty');
  t.equal(kind(answer({ role: 'assistant' }, 'tool_calls')), 'empty');
  t.equal(kind({ object: 'chat.completion', choices: [] }), 'empty');
  t.equal(kind({}), 'empty');
  t.equal(kind(null), 'empty');
  t.equal(kind([]), 'empty');
  t.equal(completions.judge({ choices: [{ text: 'a' }] }).kind, 'content');
  t.equal(completions.judge({ choices: [{ text: '' }] }).kind, 'empty');
  t.equal(kind({ object: 'list', data: [] }), 'content', 'no stored answers');
  t.equal(kind({ object: 'chat.completion.deleted', deleted: true }), 'content');
  t.end();
});

t.test('an error inside a 200 keeps its text', (t) => {
  const judge = (value: unknown) => chat.judge(value);
  const error = (message: string) => ({ kind: 'error', message });
  t.strictSame(judge({ error: { message: 'm', code: 1 } }), error('m'));
  t.strictSame(judge({ error: 'm' }), error('m'));
  t.strictSame(judge({ error: 'fetch models failed', choices: null }), error('fetch models failed'));
  t.strictSame(judge({ detail: 'm' }), error('m'));
  t.strictSame(judge({ detail: { error: { message: 'm' } } }), error('m'));
  t.strictSame(judge({ object: 'error', message: 'm', code: 400 }), error('m'));
  t.strictSame(judge({ success: false, msg: 'm' }), error('m'));
  t.strictSame(judge({ status: 500, message: 'm' }), error('m'));
  t.strictSame(judge('Upstream error'), error('Upstream error'));
  t.strictSame(judge(answer({ content: 'it broke' }, 'error')), error('it broke'));
  t.strictSame(
    judge(answer({ content: '' }, 'error')),
    error('the upstream answered with an error and no text'),
  );
  t.strictSame(judge(answer({ content: 'a' }, 'stop', { error: { message: 'a warning' } })), {
    kind: 'content',
  });
  t.equal(
    (judge({ error: 'x'.repeat(10_000) }) as { message: string }).message.length,
    500,
    'not at any length',
  );
  t.end();
});

t.test('a response is valid when an item has content, or its status needs none', (t) => {
  const judge = (value: object) => responses.judge({ object: 'response', error: null, ...value });
  const message = (text: string) => ({ type: 'message', content: [{ type: 'output_text', text }] });
  t.equal(judge({ status: 'completed', output: [message('a')] }).kind, 'content');
  t.equal(judge({ status: 'completed', output: [{ type: 'function_call', name: 'f' }] }).kind, 'content');
  t.equal(
    judge({ status: 'completed', output: [{ type: 'reasoning', summary: [] }, message('')] }).kind,
    'empty',
  );
  t.equal(judge({ status: 'completed', output: [] }).kind, 'empty');
  t.equal(judge({ status: 'incomplete', output: [] }).kind, 'content');
  t.equal(judge({ status: 'queued', output: [] }).kind, 'content', 'runs in the background');
  t.equal(judge({ object: 'response.input_tokens', input_tokens: 3 }).kind, 'content');
  t.strictSame(judge({ status: 'failed', output: [message('half')], error: { message: 'm' } }), {
    kind: 'error',
    message: 'm',
  });
  t.strictSame(responses.judge({ error: { message: 'm' } }), { kind: 'error', message: 'm' });
  t.equal(responses.judge(null).kind, 'empty');
  t.end();
});

t.test('embeddings are content when there are any', (t) => {
  t.equal(
    embeddings.judge(json(readRecording('openai/embedding--openai-embedding.json').body)).kind,
    'content',
  );
  t.equal(embeddings.judge(json(readRecording('llama-server/embeddings.http.txt').body)).kind, 'content');
  t.equal(embeddings.judge({ object: 'list', data: [] }).kind, 'empty');
  t.strictSame(embeddings.judge({ error: { message: 'm' } }), { kind: 'error', message: 'm' });
  t.end();
});

t.test('any other answer is content unless it is plainly an error', (t) => {
  const { judge } = generic('images');
  t.equal(judge(json(readRecording('openai/image--openai-image.json').body)).kind, 'content');
  t.equal(
    judge(json(readRecording('openai/image--gpt-image-response-format-error.json').body)).kind,
    'error',
  );
  t.equal(judge(json(readRecording('openai/transcription--openai-transcription.json').body)).kind, 'content');
  t.equal(
    judge({ id: 'job', object: 'fine_tuning.job', error: { message: 'it failed' } }).kind,
    'content',
    'a job that tells of its failure',
  );
  t.equal(judge({ object: 'error', message: 'm', code: 1 }).kind, 'error');
  t.equal(judge({ detail: 'm' }).kind, 'error');
  t.equal(judge({ whatever: 1 }).kind, 'content');
  t.equal(judge([1]).kind, 'content');
  t.equal(judge(null).kind, 'empty');
  t.end();
});

t.test('each dialect has its surface and says what bounds its answers', (t) => {
  t.strictSame(
    dialects.map(({ surface, strict, tokenLimits, closing }) => [
      surface,
      strict,
      tokenLimits,
      closing?.data,
    ]),
    [
      ['chat', true, ['max_tokens', 'max_completion_tokens'], '[DONE]'],
      ['chat-input', true, ['max_output_tokens'], '[DONE]'],
      ['completions', true, ['max_tokens'], '[DONE]'],
      ['embeddings', true, [], undefined],
      ['responses', true, ['max_output_tokens'], undefined],
      ['images', true, [], undefined],
      ['audio', false, [], undefined],
      ['moderations', true, [], undefined],
      ['rerank', false, [], undefined],
      ['realtime-websocket', false, [], undefined],
      ['responses-websocket', false, ['max_output_tokens'], undefined],
    ],
  );
  t.end();
});

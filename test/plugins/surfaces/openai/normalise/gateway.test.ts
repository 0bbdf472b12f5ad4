import t, { type Test } from 'tap';
import type { Quirks } from '../../../../../core/contracts/index.ts';
import { startSwitchyard } from '../../../../switchyard.ts';
import { openLab } from '../../../../lab.ts';
import { quirky } from '../../../../quirky-provider.ts';
import { readRecording } from '../../../../upstream/recordings.ts';
import { startUpstream } from '../../../../upstream/upstream.ts';

const labWith = (t: Test, quirks: Partial<Quirks>, more: object = {}) =>
  openLab(t, { provider: { use: quirky, quirks, ...more } });

const sse = (...payloads: readonly unknown[]): object => ({
  code: 200,
  contentType: 'text/event-stream',
  body: payloads.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`).join(''),
});

const chunk = (content: string, reason: string | null = null) => ({
  id: 'one',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta: { content }, finish_reason: reason }],
});

t.test('a provider that takes only strings gets lists of texts as one', async (t) => {
  const { switchyard, asked } = await labWith(t, { content: 'string' });
  const parts = [
    { type: 'text', text: 'one' },
    { type: 'text', text: 'two' },
  ];
  const picture = [{ type: 'image_url', image_url: { url: 'data:' } }];
  await switchyard.ask('/v1/chat/completions', {
    body: `{"model":"m","seed":12345678901234567890,"messages":${JSON.stringify([
      { role: 'system', content: 'be brief' },
      { role: 'user', content: parts, name: 'ann' },
      { role: 'user', content: picture },
    ])}}`,
  });
  t.match(asked()[0]?.json(), {
    messages: [
      { role: 'system', content: 'be brief' },
      { role: 'user', content: 'one\ntwo', name: 'ann' },
      { role: 'user', content: picture },
    ],
  });
  t.match(asked()[0]?.body.toString(), '"seed":12345678901234567890', 'other members keep their bytes');
  const body = '{ "model":"m", "messages":[{"role":"user","content":"hi"}] }';
  await switchyard.ask('/v1/chat/completions', { body });
  t.equal(asked()[1]?.body.toString(), body, 'and so does a request that has no lists');
});

t.test(
  'an error in disguise is retried on another target, and is an error where there is none',
  async (t) => {
    const other = await startUpstream({ text: ['from the other'] });
    const one = await startUpstream();
    t.teardown(() => Promise.all([one.close(), other.close()]));
    const failing = {
      use: quirky,
      baseUrl: one.url,
      models: { m: 'm', alone: 'alone' },
      quirks: { failureTexts: ['Sorry: '] },
    };
    const switchyard = await startSwitchyard(t, {
      providers: {
        one: failing,
        other: { use: 'openai-compatible', baseUrl: other.url, models: { m: 'm' } },
      },
      breaker: { failures: 100 },
      models: {
        m: { strategy: { use: 'round-robin' }, targets: [{ provider: 'one' }, { provider: 'other' }] },
      },
    });
    for (const stream of [true, false]) {
      const body = {
        choices: [{ index: 0, message: { content: '\nSorry: none left' }, finish_reason: 'stop' }],
      };
      one.behave(
        'status',
        stream
          ? sse(chunk('\n'), chunk('Sor'), chunk('ry: none left', 'stop'), '[DONE]')
          : { code: 200, body },
      );
      const reasons: unknown[] = [];
      for (let turn = 0; turn < 2; turn++) {
        const answer = await switchyard.chat({ stream });
        t.match(answer, { status: 200, text: /from the other/ });
        const { attempts } = await switchyard.trace(answer.headers['x-switchyard-request-id']);
        reasons.push(...attempts.map((attempt: { reason?: string }) => attempt.reason));
      }
      t.ok(reasons.includes('upstream_error'), 'one of the two was answered by both');
      const alone = await switchyard.chat({ stream, model: 'alone' });
      t.equal(alone.status, 502);
      t.match(alone.json().error, { code: 'upstream_error', message: /one answered .*Sorry: none left/ });
    }
  },
);

t.test('[DONE] without a finish reason is a cut, which the client gets as an error', async (t) => {
  const { switchyard, upstream } = await labWith(t, { ends: 'reason' });
  upstream.behave('status', sse(chunk('Hello'), '[DONE]'));
  const streamed = await switchyard.chat({ stream: true });
  t.equal(streamed.content, 'Hello');
  t.match(JSON.parse(streamed.events.at(-1) ?? ''), { error: { code: 'stream_cut' } });
  t.notMatch(streamed.text, /\[DONE\]|"finish_reason":"/);
  const whole = await switchyard.chat();
  t.equal(whole.status, 502);
  t.equal(whole.json().error.code, 'stream_cut');
});

t.test(
  'text held back is sent when the stream ends, and an event of excessive length is refused',
  async (t) => {
    const { switchyard, upstream } = await openLab(t, {
      provider: { use: quirky, quirks: { reasoning: ['think-tags'] } },
      config: { limits: { event: '1KiB' } },
    });
    upstream.behaveOnce('status', sse(chunk('a <'), chunk('<th'), chunk('', 'stop'), '[DONE]'));
    t.equal((await switchyard.chat({ stream: true })).content, 'a <<th');
    upstream.behaveOnce('status', sse(chunk('<th'), '[DONE]'));
    t.equal((await switchyard.chat({ stream: true })).content, '<th');
    upstream.behaveOnce('status', {
      code: 200,
      contentType: 'text/event-stream',
      body: `data: {"choices":"${'x'.repeat(100_000)}`,
    });
    t.equal((await switchyard.chat({ stream: true })).json().error.code, 'upstream_too_large');
  },
);

t.test('a caller of /v1/completions has the answer without its reasoning tags', async (t) => {
  const { switchyard, upstream } = await labWith(t, { reasoning: ['think-tags'] }, { surfaces: ['chat'] });
  upstream.behave(
    'status',
    sse(chunk('<think>The user'), chunk(' says</think>'), chunk('Hello', 'stop'), '[DONE]'),
  );
  const answer = await switchyard.ask('/v1/completions', {
    body: { model: 'm', prompt: 'hi', stream: true },
  });
  t.equal(answer.status, 200);
  t.notMatch(answer.text, 'think');
  t.match(answer.text, /"text":"Hello"/);
});

t.test('answers of a provider without answer quirks pass byte for byte', async (t) => {
  const quirks = { streams: 'both', content: 'string', retryStatuses: [400] } as const;
  const { switchyard, upstream } = await labWith(t, quirks);
  for (const file of ['openai/chat--openai-text.chunks.txt', 'deepseek/chat--deepseek-text.json']) {
    upstream.behaveOnce('replay', { file });
    const stream = file.endsWith('.txt');
    const answer = await switchyard.chat(stream ? { stream, stream_options: { include_usage: true } } : {});
    t.equal(answer.text, readRecording(file).body.toString(), file);
  }
});

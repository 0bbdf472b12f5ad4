import t, { type Test } from 'tap';
import { request } from 'undici';
import type { Parsed } from '../switchyard.ts';
import {
  bytesFrom,
  gatewayInFront,
  idle,
  rawUpstream,
  surfaces,
  upstream,
  type SurfaceName,
} from '../in-front.ts';
import { chunk as bareChunk, DONE, event } from '../chat-events.ts';

const USAGE = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
const COUNTED = { prompt: 5, completion: 2, total: 7 };
const ids = { id: 'chatcmpl-0123456789', object: 'chat.completion.chunk', created: 1, model: 'm' };

const sse = (...events: readonly string[]): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n${events.join('')}`;
const json = (value: object): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(value)}`;
const chunk = (content: string, finish: string | null = null, more = {}): string =>
  bareChunk(content, finish, { ...ids, ...more });
const texts = (count: number, text: string): string => chunk(text).repeat(count);

async function asked(t: Test, answer: string, surface: SurfaceName = 'chat', more = {}): Promise<Parsed> {
  const switchyard = await gatewayInFront(t, { one: await rawUpstream(t, answer) });
  await bytesFrom(`${switchyard.url}/v1`, surface, more);
  await idle(switchyard);
  return switchyard.trace();
}

t.test('a stream without usage is estimated, and marked so', async (t) => {
  const whole = texts(40, ' word') + chunk('', 'stop') + DONE;
  for (const [what, answer, ending, tokens] of [
    ['a token an event', sse(whole), 'complete', 40],
    ['events that come one by one, or at once', sse(texts(40, 'x')), 'cut', 40],
    [
      'long texts',
      sse(chunk('x'.repeat(2_000)), chunk('y'.repeat(2_000)), chunk('', 'stop'), DONE),
      'complete',
      1_000,
    ],
    [
      'a call of a tool',
      sse(
        event({
          ...ids,
          choices: [
            { index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: 'x'.repeat(400) } }] } },
          ],
        }),
        chunk('', 'tool_calls'),
        DONE,
      ),
      'complete',
      100,
    ],
    [
      'one that answers as a whole',
      json({
        ...ids,
        object: 'chat.completion',
        choices: [
          { index: 0, message: { role: 'assistant', content: 'x'.repeat(400) }, finish_reason: 'stop' },
        ],
      }),
      'complete',
      100,
    ],
  ] as const) {
    const { ending: was, usage } = await asked(t, answer);
    t.equal(was, ending, what);
    t.match(usage, { estimated: true, total: usage?.prompt + usage?.completion }, what);
    t.ok(
      usage.completion > tokens * 0.8 && usage.completion < tokens * 1.3,
      `${what}: ${usage.completion}, ${tokens}`,
    );
  }
});

t.test('in each API that streams, and translated', async (t) => {
  const delta = (text: string) =>
    `event: response.output_text.delta\n${event({ type: 'response.output_text.delta', item_id: 'a', output_index: 0, content_index: 0, delta: text })}`;
  const text = (said: string, finish: string | null = null) =>
    event({ ...ids, object: 'text_completion', choices: [{ index: 0, text: said, finish_reason: finish }] });
  for (const [surface, body] of [
    ['responses', delta(' word').repeat(40)],
    ['completions', text(' word').repeat(40)],
  ] as const) {
    const { ending, usage } = await asked(t, sse(body), surface);
    t.equal(ending, 'cut', surface);
    t.match(usage, { estimated: true }, surface);
    t.ok(usage.completion >= 40 && usage.completion < 55, `${surface}: ${usage.completion}`);
  }
  const one = await rawUpstream(t, sse(texts(40, ' word'), chunk('', 'stop'), DONE));
  const switchyard = await gatewayInFront(t, { one }, { each: { surfaces: ['chat'] } });
  await bytesFrom(`${switchyard.url}/v1`, 'completions');
  const { translated, usage } = await switchyard.trace();
  t.equal(translated, 'completions-to-chat');
  t.match(usage, { estimated: true, completion: Number });
  t.ok(usage.completion >= 40 && usage.completion < 55, `${usage.completion}`);
});

t.test('a count that was made as the stream began does not hold for what came after it', async (t) => {
  const named = (type: string, more: object) => `event: ${type}\n${event({ type, ...more })}`;
  const start = named('message_start', {
    message: { id: 'a', role: 'assistant', content: [], usage: { input_tokens: 900, output_tokens: 1 } },
  });
  const block = named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
  const delta = named('content_block_delta', { index: 0, delta: { type: 'text_delta', text: ' word' } });
  const end = named('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 37 } });
  for (const [answer, ending, wanted] of [
    [start + block + delta.repeat(40), 'cut', { prompt: 900, completion: Number, estimated: true }],
    [
      start + block + delta.repeat(40) + end + named('message_stop', {}),
      'complete',
      { prompt: 900, completion: 37, total: 937 },
    ],
  ] as const) {
    const switchyard = await gatewayInFront(
      t,
      { one: await rawUpstream(t, sse(answer)) },
      { each: { surfaces: ['messages'] } },
    );
    await switchyard.ask('/v1/messages', {
      body: { model: 'm', max_tokens: 99, stream: true, messages: [{ role: 'user', content: 'Hi' }] },
    });
    const trace = await switchyard.trace();
    t.match(trace, { ending, usage: wanted });
    t.ok(trace.usage.completion >= 37 && trace.usage.completion < 55, `${trace.usage.completion}`);
  }
});

t.test('a stream whose client disconnects', async (t) => {
  const switchyard = await gatewayInFront(t, { one: await rawUpstream(t, sse(texts(40, ' word')), 'hang') });
  const disconnect = new AbortController();
  const { path, body } = surfaces.chat;
  const answer = await request(`${switchyard.url}/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, stream: true }),
    signal: disconnect.signal,
  });
  answer.body.on('error', () => {});
  let bytes = 0;
  for await (const piece of answer.body) {
    bytes += (piece as Buffer).length;
    if (bytes >= texts(40, ' word').length) break;
  }
  disconnect.abort();
  await idle(switchyard);
  const { ending, usage } = await switchyard.trace();
  t.equal(ending, 'left');
  t.ok(usage.estimated && usage.completion >= 40 && usage.completion < 55, JSON.stringify(usage));
});

t.test('the request by its bytes, less its pictures', async (t) => {
  const answer = sse(chunk('Hi'), chunk('', 'stop'), DONE);
  const content = (url: string) => ({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'w'.repeat(4_000) },
          { type: 'image_url', image_url: { url } },
        ],
      },
    ],
  });
  const picture = `data:image/png;base64,${'A'.repeat(200_000)}`;
  for (const url of ['http://a/b.png', picture]) {
    const { usage } = await asked(t, answer, 'chat', content(url));
    t.ok(usage.prompt >= 1_000 && usage.prompt < 1_100, `${usage.prompt}`);
  }
});

t.test('counted usage is not estimated, and counted once', async (t) => {
  const message = {
    ...ids,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  };
  const two = (nth: number, finish: string | null = null) =>
    event({ ...ids, choices: [{ index: nth, delta: { content: 'Hi' }, finish_reason: finish }] });
  const counts = event({ ...ids, choices: [], usage: USAGE });
  for (const [what, answer, more] of [
    ['as a whole', json({ ...message, usage: USAGE }), {}],
    ['of two answers', sse(two(0), two(1), two(0, 'stop'), two(1, 'stop'), counts, DONE), { n: 2 }],
    [
      'in each frame',
      sse(
        chunk('Hi', null, { usage: { ...USAGE, completion_tokens: 1 } }),
        chunk('', 'stop', { usage: USAGE }),
        DONE,
      ),
      {},
    ],
  ] as const) {
    const switchyard = await gatewayInFront(t, { one: await rawUpstream(t, answer) });
    await bytesFrom(`${switchyard.url}/v1`, 'chat', more);
    t.strictSame((await switchyard.trace()).usage, COUNTED, what);
    const { totals } = (await switchyard.ask('/statistics?range=15m')).json();
    t.match(totals, { requests: 1, prompt: 5, completion: 2, estimated: 0 }, what);
  }
  t.equal(
    (await asked(t, json(message), 'chat', { stream: false })).usage,
    null,
    'only streams are estimated',
  );
  const refused =
    'HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n\r\n{"error":{"message":"no"}}';
  t.equal((await asked(t, refused)).usage, null, 'nor is a refusal');
});

t.test('only what the client got is counted: not an attempt that was retried', async (t) => {
  const lost = await rawUpstream(
    t,
    sse(chunk('', null, { usage: { ...USAGE, prompt_tokens: 900 } })),
    'reset',
  );
  const other = await rawUpstream(t, sse(texts(4, ' word'), chunk('', 'stop'), DONE));
  const route = {
    strategy: { use: 'priority' },
    targets: [{ provider: 'lost' }, { provider: 'other', priority: 1 }],
  };
  const switchyard = await gatewayInFront(t, { lost, other }, { route, retry: { attempts: 2 } });
  await bytesFrom(`${switchyard.url}/v1`, 'chat');
  const { attempts, usage } = await switchyard.trace();
  t.match(attempts, [{ outcome: 'failed' }, { outcome: 'answered' }]);
  t.match(usage, { estimated: true });
  t.ok(usage.prompt < 100, 'of the other alone');
  const { totals } = (await switchyard.ask('/statistics?range=15m')).json();
  t.match(totals, {
    requests: 1,
    prompt: usage.prompt,
    completion: usage.completion,
    estimated: usage.total,
  });
});

t.test('embeddings are counted as ever', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one });
  const answer = await switchyard.ask('/v1/embeddings', { body: { model: 'm', input: 'Hi' } });
  const { prompt_tokens: prompt } = answer.json().usage;
  t.match((await switchyard.trace()).usage, { prompt, completion: 0 });
});

import t, { type Test } from 'tap';
import { startSwitchyard, type Switchyard } from '../../../../switchyard.ts';
import { quirky } from '../../../../quirky-provider.ts';
import type { Upstream } from '../../../../upstream/upstream.ts';
import { checked, goodUpstream, isNonsense, isStream, isWhole, test, those } from '../tested.ts';

const ALL = ['health', 'models', 'chat', 'stream', 'format', 'errors', 'abort', 'speed'];

async function start(t: Test, options: Record<string, unknown> = {}): Promise<[Switchyard, Upstream]> {
  const upstream = await goodUpstream(t);
  const lab = { use: 'openai-compatible', baseUrl: upstream.url, ...options };
  return [await startSwitchyard(t, { providers: { lab } }), upstream];
}

const sse = (...chunks: unknown[]): { code: number; contentType: string; body: string } => ({
  code: 200,
  contentType: 'text/event-stream',
  body: chunks
    .map((chunk) => `data: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}\n\n`)
    .join(''),
});

const chunk = (delta: object, finish: string | null = null, others: object = {}): object => ({
  id: 'c1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...others,
});

interface Fault {
  readonly plant: (upstream: Upstream) => void | Promise<void>;
  readonly body?: Record<string, unknown>;
  /** what fails, and what is said of it */
  readonly fails: Readonly<Record<string, RegExp>>;
  /** what cannot be made for that reason */
  readonly notMade?: readonly string[];
}

const AFTER_CHAT = ['format', 'errors', 'abort', 'speed'];

const FAULTS: Readonly<Record<string, Fault>> = {
  'one that is not there': {
    plant: (upstream) => upstream.close(),
    fails: { health: /could not be reached: .*ECONNREFUSED/ },
    notMade: ALL.slice(1),
  },
  'one that answers everything with 500': {
    plant: (upstream) => upstream.behave('status-500'),
    fails: { chat: /answered 500: Internal Server Error/, stream: /answered 500/ },
    notMade: AFTER_CHAT,
  },
  'one that answers everything with 429': {
    plant: (upstream) => upstream.behave('status-429', { retryAfter: 600 }),
    fails: { chat: /answered 429: Too Many Requests/, stream: /answered 429/ },
    notMade: AFTER_CHAT,
  },
  'a list of models that fails, with a model named': {
    plant: (upstream) => upstream.behaveWhen(({ method }) => method === 'GET', 'status-503'),
    body: { model: 'm' },
    fails: { health: /GET \/models answered 503/, models: /answered 503/ },
  },
  'a model without a name': {
    plant: (upstream) =>
      upstream.behaveWhen(({ method }) => method === 'GET', 'status', {
        code: 200,
        body: { data: [{ id: 7 }] },
      }),
    body: { model: 'm' },
    fails: { models: /data\[0\] has no text as its 'id'/ },
  },
  'a stream that is cut': {
    plant: (upstream) => upstream.behaveWhen(isStream, 'cut-after-content'),
    fails: { stream: /ended its answer in the middle/ },
    notMade: ['abort', 'speed'],
  },
  'a stream with neither [DONE] nor a finish_reason': {
    plant: (upstream) =>
      upstream.behaveWhen(
        isStream,
        'status',
        sse(chunk({ role: 'assistant' }), chunk({ content: 'Hello.' })),
      ),
    fails: { stream: /ended its answer in the middle/ },
    notMade: ['abort', 'speed'],
  },
  'a stream that falls silent': {
    plant: (upstream) => upstream.behaveWhen(isStream, 'stall-after-content'),
    body: { timeout: 1_500 },
    fails: { stream: /its answer was not whole within 1500 ms; 5 events had come/ },
    notMade: ['abort', 'speed'],
  },
  'an answer that never begins': {
    plant: (upstream) => upstream.behaveWhen(isWhole, 'stall-before-head'),
    body: { timeout: 1_500 },
    fails: { chat: /it sent nothing within 1500 ms/, errors: /not done/ },
  },
  'answers that hold nothing': {
    plant: (upstream) => upstream.behave('empty-stop'),
    fails: { chat: /without any content/, stream: /without any content/ },
    notMade: AFTER_CHAT,
  },
  'a page where an answer should be': {
    plant: (upstream) => upstream.behave('html'),
    fails: { chat: /not JSON: .*Just a moment/, stream: /not JSON/ },
    notMade: AFTER_CHAT,
  },
  'an error as text under 200': {
    plant: (upstream) =>
      upstream.behaveWhen(isWhole, 'status', {
        code: 200,
        contentType: 'text/plain',
        body: 'Failed to call upstream',
      }),
    fails: { chat: /Failed to call upstream/, errors: /answered 200/ },
  },
  'an answer in a wrong format': {
    plant: (upstream) =>
      upstream.behaveWhen((one) => isWhole(one) && !isNonsense(one), 'status', {
        code: 200,
        body: {
          object: 'chat.completion',
          created: 'today',
          model: 'm',
          choices: [{ message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
        },
      }),
    fails: { format: /the answer: it must have required property 'id'.*created must be integer.*'index'/ },
  },
  'events in a wrong format': {
    plant: (upstream) =>
      upstream.behaveWhen(
        isStream,
        'status',
        sse(chunk({ content: 'Hello.' }), chunk({}, 'stop', { id: undefined, object: 'chunk' }), '[DONE]'),
      ),
    fails: {
      format:
        /^event 2: it must have required property 'id'; event 2: object must be .*chat.completion.chunk/,
    },
  },
  'one that does not know what `stream` is': {
    plant: (upstream) => upstream.behaveWhen(isStream, 'json-for-stream'),
    fails: { stream: /asked for a stream and sent one JSON answer/ },
  },
  'one that always streams': {
    plant: (upstream) => upstream.behaveWhen((one) => isWhole(one) && !isNonsense(one), 'stream-for-json'),
    fails: { chat: /asked for one answer and sent a stream/ },
  },
  'one that answers nonsense': {
    plant: (upstream) => upstream.behaveWhen(isNonsense, 'ok'),
    fails: { errors: /answered 200 to a request whose 'messages' is not a list/ },
  },
  'one that breaks at nonsense': {
    plant: (upstream) => upstream.behaveWhen(isNonsense, 'status-500'),
    fails: { errors: /answered 500 to a request whose/ },
  },
  'a refusal in a shape of its own': {
    plant: (upstream) =>
      upstream.behaveWhen(isNonsense, 'status', { code: 422, body: { detail: 'no list' } }),
    fails: { errors: /with 422, but its body is no \{"error"/ },
  },
  'a refusal as a page': {
    plant: (upstream) => upstream.behaveWhen(isNonsense, 'html', { code: 400 }),
    fails: { errors: /with 400, but not as JSON/ },
  },
  'a first token that is late': {
    plant: (upstream) => upstream.behaveWhen(isStream, 'slow-content', { delay: 400 }),
    body: { maxTtft: 300 },
    fails: { speed: /first token after \d+ ms.*slower than 300 ms/ },
  },
  'tokens that trickle': {
    plant: (upstream) => upstream.behaveWhen(isStream, 'slow-deltas', { delay: 60 }),
    body: { minTokensPerSecond: 20 },
    fails: { speed: /tokens a second: fewer than 20/ },
  },
};

t.test('it finds', async (t) => {
  const names = Object.keys(FAULTS).map((_, at) => `lab-${at}`);
  const upstreams = await Promise.all(names.map(() => goodUpstream(t)));
  const labs = upstreams.map(({ url }) => ({ use: 'openai-compatible', baseUrl: url }));
  const switchyard = await startSwitchyard(t, {
    providers: Object.fromEntries(names.map((name, at) => [name, labs[at]])),
  });
  for (const [at, [fault, { plant, body, fails, notMade = [] }]] of Object.entries(FAULTS).entries()) {
    await t.test(`${fault}, and nothing else`, async (t) => {
      await plant(upstreams[at] as Upstream);
      const result = await test(switchyard, names[at] as string, body);
      t.same(those(result, false), Object.keys(fails), JSON.stringify(result, null, 1));
      t.same(those(result, null), notMade, JSON.stringify(result, null, 1));
      t.equal(result.ok, false);
      for (const [check, says] of Object.entries(fails)) t.match(checked(result, check).detail, says);
    });
  }
});

t.test('a good provider passes all checks', async (t) => {
  const [switchyard] = await start(t);
  const result = await test(switchyard, 'lab');
  t.same(those(result, true), ALL, JSON.stringify(result, null, 1));
  t.equal(result.ok, true);
  t.match(checked(result, 'health').detail, 'GET /models answered 200');
  t.match(checked(result, 'models').detail, /^m, by/);
  t.match(checked(result, 'chat').detail, /"Hello there/);
  t.match(checked(result, 'speed'), { ttft: Number, tokensPerSecond: Number, estimated: true });
});

t.test('tokens that the provider counts are not estimated', async (t) => {
  const [switchyard, upstream] = await start(t);
  const usage = { prompt_tokens: 3, completion_tokens: 500, total_tokens: 503 };
  const last = chunk({}, 'stop', { usage });
  upstream.behaveWhen(isStream, 'status', sse(chunk({ content: 'Hello.' }), last, '[DONE]'));
  const { ok, estimated, tokensPerSecond } = checked(await test(switchyard, 'lab'), 'speed');
  t.equal(ok, true);
  t.equal(estimated, undefined);
  t.ok((tokensPerSecond as number) > 100, `${tokensPerSecond} a second`);
});

t.test('a declared quirk is no fault, but a promise is checked', async (t) => {
  const upstream = await goodUpstream(t, {
    text: Array.from({ length: 30 }, (_, at) => `word ${at} `),
    interval: 5,
  });
  const lab = (quirks: object) => ({ use: quirky, baseUrl: upstream.url, quirks });
  const switchyard = await startSwitchyard(t, {
    providers: {
      whole: lab({ streams: 'never' }),
      streaming: lab({ streams: 'only' }),
      drained: lab({ onLeave: 'drain' }),
      tidied: lab({ tidy: true }),
    },
  });
  t.match(checked(await test(switchyard, 'whole'), 'stream'), {
    ok: true,
    detail: /has none, as it declares/,
  });
  t.match(checked(await test(switchyard, 'streaming'), 'chat'), { ok: true });
  const before = upstream.posts.length;
  t.match(checked(await test(switchyard, 'drained'), 'abort'), {
    ok: true,
    detail: /read to its end.*drain/,
  });
  const [left] = upstream.posts.slice(before).filter((one) => Number(one.fields().max_tokens) > 100);
  t.equal(left?.ended, true, 'it was not aborted');
  upstream.behaveWhen(isNonsense, 'status', { code: 422, body: { detail: 'no list' } });
  t.same(those(await test(switchyard, 'tidied'), false), [], 'a deviation that is mended is none to callers');
});

t.test('a test neither blocks a provider nor is prevented by a block', async (t) => {
  const [switchyard, upstream] = await start(t, { models: { m: 'own' } });
  upstream.behave('status-500');
  for (let turn = 0; turn < 3; turn++) t.equal((await test(switchyard, 'lab')).ok, false);
  const target = switchyard.gateway.upstreams.get('lab')!.target('own');
  t.equal(target.blocks(performance.now()).size, 0, 'requests still go to it');
  target.block('quota', performance.now() + 60_000, 'it asked for it');
  upstream.behave('ok');
  t.equal((await switchyard.chat()).status, 429);
  t.equal((await test(switchyard, 'lab')).ok, true, 'it is well, whatever is remembered');
  t.equal(target.blocks(performance.now()).size, 1, 'and that is not forgotten');
});

t.test('each request of a test has a trace', async (t) => {
  const [switchyard, upstream] = await start(t);
  upstream.behaveWhen(isStream, 'cut-after-content');
  const { request } = checked(await test(switchyard, 'lab'), 'stream');
  t.match(await switchyard.trace(request), {
    ending: 'cut',
    attempts: [{ provider: 'lab', outcome: 'failed' }],
  });
});

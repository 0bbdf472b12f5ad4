import t, { type Test } from 'tap';
import { request, type Dispatcher } from 'undici';
import { startSwitchyard } from './switchyard.ts';
import { isMissing, PROXIES, SITE, startProxy, type Proxy } from './proxies.ts';
import { startUpstream, type Upstream } from './upstream/upstream.ts';

const KEY = 'sk-behind-a-proxy';
/** as many that a caller can leave in their middle */
const WORDS = Array.from({ length: 400 }, (_, index) => `${index} `);
/** ms: longer than what each proxy waits for unless the example says more */
const SILENCE = 2_500;

interface Scene {
  readonly upstream: Upstream;
  get(path: string): Promise<Dispatcher.ResponseData>;
  chat(body: object, signal?: AbortSignal, authorization?: string): Promise<Dispatcher.ResponseData>;
}

interface Options {
  readonly heading?: string;
  readonly base?: string;
  readonly isImpatient?: boolean;
  readonly keepalive?: string | number;
}

/** A gateway with keys behind that proxy, set up as the page says below that heading. */
async function open(
  t: Test,
  proxy: Proxy,
  { heading = proxy.name, base = '', isImpatient = false, keepalive = 0 }: Options = {},
): Promise<Scene> {
  const upstream = await startUpstream({ interval: 0, text: WORDS });
  t.teardown(() => upstream.close());
  const switchyard = await startSwitchyard(t, {
    server: { apiKeys: [KEY] },
    timeouts: { keepalive },
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm1' } } },
  });
  const { url, agent } = await startProxy(t, proxy, { heading, isImpatient, gateway: switchyard.url });
  const headers = { host: SITE, authorization: `Bearer ${KEY}` };
  return {
    upstream,
    get: (path) => request(url + path, { dispatcher: agent, headers }),
    chat: (body, signal, authorization = headers.authorization) =>
      request(`${url}${base}/v1/chat/completions`, {
        dispatcher: agent,
        method: 'POST',
        headers: { ...headers, authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...body }),
        ...(signal && { signal }),
      }),
  };
}

const isPost = ({ method }: { readonly method: string }): boolean => method === 'POST';

for (const proxy of PROXIES)
  t.test(`behind ${proxy.name}, configured as the docs say`, { skip: isMissing(proxy) }, async (t) => {
    const { upstream, chat } = await open(t, proxy);

    t.test('long bodies pass', async (t) => {
      const long = await chat({ user: 'x'.repeat(3_000_000) });
      t.equal(long.statusCode, 200);
      await long.body.dump();
    });

    t.test('a long silence before an answer is survived', async (t) => {
      upstream.behaveOnce('slow-first-byte', { delay: SILENCE });
      const late = await chat({});
      t.equal(late.statusCode, 200);
      await late.body.dump();
    });

    t.test('a stream comes as it is written, and survives a silence', async (t) => {
      upstream.forget();
      upstream.behaveOnce('stall-after-content');
      const stream = await chat({ stream: true });
      t.match(await beginningOf(stream), /^data:/, 'the beginning is there while the rest is not');
      const asked = await upstream.seen(1, isPost);
      await new Promise((resolve) => setTimeout(resolve, SILENCE));
      t.equal(asked.overAt, undefined, 'after the silence it is still there');
      stream.body.destroy();
      if (proxy.tellsInSilence)
        t.equal(await upstream.left(asked), 'mid-body', 'the disconnect reaches the upstream');
    });

    t.test('a client disconnect aborts the upstream request', async (t) => {
      upstream.forget();
      upstream.behaveOnce('slow-deltas', { delay: 50 });
      const stream = await chat({ stream: true });
      await beginningOf(stream);
      stream.body.destroy();
      t.equal(await upstream.left(await upstream.seen(1, isPost)), 'mid-body');
      if (!proxy.tellsInSilence) return;

      upstream.behaveOnce('stall-before-head');
      const disconnect = new AbortController();
      const answer = chat({}, disconnect.signal).catch(() => undefined);
      const asked = await upstream.seen(2, isPost);
      disconnect.abort();
      await answer;
      t.equal(await upstream.left(asked), 'before-head');
    });

    t.test('keys are asked for', async (t) => {
      const refused = await chat({}, undefined, 'Bearer another');
      t.equal(refused.statusCode, 401);
      await refused.body.dump();
    });
  });

for (const proxy of PROXIES)
  t.test(`behind ${proxy.name}, below a path as the docs say`, { skip: isMissing(proxy) }, async (t) => {
    const { get, chat } = await open(t, proxy, { heading: `${proxy.name} at /ai/`, base: '/ai' });
    const bare = await get('/ai');
    t.match(String(bare.headers.location), /\/ai\/$/, 'without its last slash it is shown the way');
    await bare.body.dump();
    const page = await get('/ai/');
    const html = await page.body.text();
    const [, script = ''] = /src="([^"]+\.js)"/.exec(html) ?? [];
    const code = await get(new URL(script, 'http://site/ai/').pathname);
    t.match([page.statusCode, code.statusCode], [200, 200], 'the dashboard and its script are there');
    t.match(String(code.headers['content-type']), /javascript/);
    await code.body.dump();
    const answer = await chat({});
    t.equal(answer.statusCode, 200);
    await answer.body.dump();
    const elsewhere = await get('/v1/models');
    t.notMatch(await elsewhere.body.text(), '"data"', 'and the gateway is nowhere else');
  });

for (const proxy of PROXIES) {
  if (!proxy.isImpatient) continue;
  t.test(
    `behind ${proxy.name} with default timeouts, silence ends no stream, thanks to timeouts.keepalive`,
    { skip: isMissing(proxy) },
    async (t) => {
      for (const keepalive of ['200ms', 0]) {
        const { upstream, chat } = await open(t, proxy, { isImpatient: true, keepalive });
        upstream.behave('slow-content', { delay: SILENCE });
        const { statusCode, body } = await chat({ stream: true });
        const text = await body.text();
        if (keepalive === 0) t.ok(statusCode > 500, String(statusCode));
        else t.match({ statusCode, text }, { statusCode: 200, text: /: keep-alive\n[^]*\[DONE\]\n\n$/ });
      }
    },
  );
}

for (const proxy of PROXIES)
  t.test(
    `behind ${proxy.name}, a client disconnect in a silent stream aborts the upstream request`,
    { skip: isMissing(proxy) },
    async (t) => {
      const { upstream, chat } = await open(t, proxy, { keepalive: '200ms' });
      for (const behaviour of ['stall-before-content', 'stall-after-content'] as const) {
        upstream.forget();
        upstream.behaveOnce(behaviour);
        const stream = await chat({ stream: true });
        await beginningOf(stream);
        stream.body.destroy();
        t.equal(await upstream.left(await upstream.seen(1, isPost)), 'mid-body', behaviour);
      }
    },
  );

/** The first piece of a stream. */
async function beginningOf({ body }: Dispatcher.ResponseData): Promise<string> {
  const first = await body[Symbol.asyncIterator]().next();
  return String(first.value);
}

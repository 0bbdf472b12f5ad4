import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { startSwitchyard, type Switchyard } from '../switchyard.ts';
import { openLab } from '../lab.ts';
import { quirky } from '../quirky-provider.ts';
import { testFolder } from '../test-folder.ts';

/** A gateway before an upstream that does with each connection, once something was asked, what a test says. */
async function gatewayBefore(t: Test, answer: (socket: Socket) => void): Promise<Switchyard> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const lab = {
    use: quirky,
    quirks: { streams: 'only' },
    baseUrl: `http://127.0.0.1:${port}/v1`,
    models: { m: 'm' },
  };
  return startSwitchyard(t, {
    providers: { lab },
    limits: { event: '1MiB', answer: '1MiB' },
    retry: { attempts: 1 },
  });
}

/** A stream of these chunks, as it is on the wire. */
function inEvents(...chunks: string[]): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n${[...chunks, '[DONE]'].map((data) => `data: ${data}\n\n`).join('')}`;
}

t.test('a header or status that Node cannot send does not end as an error of ours', async (t) => {
  const named = await gatewayBefore(t, (socket) =>
    socket.end(
      'HTTP/1.1 200 OK\r\nx-name: Gr\u00fc\u00df\u4e16\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}',
    ),
  );
  const { status, text } = await named.ask('/v1/files');
  t.strictSame([status, text], [200, '{}']);
  const odd = await gatewayBefore(t, (socket) =>
    socket.end('HTTP/1.1 999 Odd\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}'),
  );
  t.match((await odd.ask('/v1/files')).json().error, { type: 'upstream_error' });
});

t.test('what an upstream names __proto__ stays its own', async (t) => {
  const evil = '"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}';
  const chunk = `{"id":"c",${evil},"choices":[{"index":0,${evil},"delta":{"role":"assistant","content":"hi",${evil},"tool_calls":[{"index":0,"id":"a",${evil},"function":{"name":"f","arguments":"{}",${evil}}}]},"logprobs":{${evil}}}],"usage":{${evil}}}`;
  const switchyard = await gatewayBefore(t, (socket) =>
    socket.end(
      inEvents(chunk, chunk, '{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}'),
    ),
  );
  const answer = await switchyard.chat();
  t.equal(answer.status, 200, answer.text);
  t.equal(answer.json().choices[0].message.content, 'hihi');
  t.equal((await switchyard.ask('/v1/completions', { body: { model: 'm', prompt: 'x' } })).status, 200);
  t.same(Object.keys(Object.prototype), []);
  t.equal(({} as Record<string, unknown>).polluted, undefined);
  for (const name of Object.keys(Object.prototype))
    delete (Object.prototype as Record<string, unknown>)[name];
});

t.test('a small answer that decompresses to a large one is bounded too', async (t) => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: ${bomb.length}\r\nconnection: close\r\n\r\n`;
  const switchyard = await gatewayBefore(t, (socket) => socket.end(Buffer.concat([Buffer.from(head), bomb])));
  t.match((await switchyard.chat({ stream: true })).json(), { error: { code: 'upstream_too_large' } });
});

t.test('a header that only a careless upstream sends does no harm', async (t) => {
  const body = JSON.stringify({
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hi' } }],
  });
  const switchyard = await gatewayBefore(t, (socket) =>
    socket.end(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-note: 世界 Grüße\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    ),
  );
  t.equal((await switchyard.chat()).status, 200);
  t.equal((await switchyard.ask('/v1/files')).status, 200);
});

t.test('an upstream cannot fill the memory of the gateway', async (t) => {
  const { switchyard, upstream } = await openLab(t, {
    config: { limits: { event: '64KiB', answer: '256KiB' }, retry: { attempts: 1 } },
  });
  upstream.behave('huge-line');
  const line = await switchyard.chat({ stream: true });
  t.match(line.json(), { error: { code: 'upstream_too_large', message: /limits\.event/ } });
  t.equal((await upstream.over(upstream.posts[0]!)).left, 'mid-body', 'it is told to stop');
});

t.test('a stream folded for a client that wants none is bounded as any answer is', async (t) => {
  const { switchyard, upstream } = await openLab(t, {
    provider: { use: quirky, quirks: { streams: 'only' } },
    config: { limits: { answer: '256KiB' }, retry: { attempts: 1 } },
  });
  t.equal((await switchyard.chat()).json().choices[0].message.content, 'Hello there, Grüße an 世界 👋.');
  upstream.behave('many-deltas', { count: 1_000_000 });
  const endless = await switchyard.chat();
  t.equal(endless.status, 502);
  t.match(endless.json(), { error: { code: 'upstream_too_large', message: /limits\.answer/ } });
  t.equal(await upstream.left(upstream.posts[1]!), 'mid-body', 'it is told to stop');
});

t.test('an endless refusal is read only as far as an error may go', async (t) => {
  let sent = 0;
  const switchyard = await gatewayBefore(t, (socket) => {
    socket.write(
      'HTTP/1.1 400 No\r\ncontent-type: application/json\r\n\r\n{"error":{"message":"no","details":[',
    );
    const more = (): void => {
      while (!socket.destroyed && socket.write('{},'.repeat(10_000))) sent += 30_000;
      socket.once('drain', more);
    };
    more();
  });
  const answer = await switchyard.chat();
  t.equal(answer.status, 400);
  t.match(answer.json(), { error: { message: /"message\\":\\"no/ } }, 'its beginning is told');
  t.ok(sent < 16 * 1024 * 1024, `${sent} bytes were taken`);
});

t.test('so is endless white space, where an answer should begin', async (t) => {
  const switchyard = await gatewayBefore(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n');
    const more = (): void => {
      while (!socket.destroyed && socket.write(' '.repeat(16_384)));
      socket.once('drain', more);
    };
    more();
  });
  const since = performance.now();
  t.match((await switchyard.chat({ stream: true })).json(), { error: { code: 'upstream_too_large' } });
  t.ok(performance.now() - since < 20_000, 'and soon');
});

t.test('a provider plugin that returns nonsense spoils its own requests and nothing else', async (t) => {
  const folder = testFolder(t, {
    'odd.ts': `export default { name: 'odd', options: { type: 'object', additionalProperties: true }, create: ({ name, written }) => ({
      name, surfaces: ['*'], models: { [written]: written }, quirks: { streams: 'both', onLeave: 'abort' }, timeouts: {}, concurrency: 1,
      request: (call) => {
        if (written === 'throws') throw new Error('a fault of the plugin');
        const request = { origin: 'http://127.0.0.1:9', path: '/', method: 'POST', headers: {}, body: call.raw };
        return { ...request, ...{ origin: { origin: '' }, header: { headers: { 'a b': 'c' } }, value: { headers: { a: 'b\\nc' } }, path: { path: 'no slash' }, method: { method: 'N O' } }[written] };
      },
    }) };`,
  });
  const kinds = ['throws', 'origin', 'header', 'value', 'path', 'method'];
  const providers = Object.fromEntries(
    kinds.map((written) => [written, { use: `${folder}/odd.ts`, written }]),
  );
  const switchyard = await startSwitchyard(t, { providers, breaker: { failures: 1000, minimum: 1000 } });
  for (const model of kinds) {
    for (const stream of [false, true]) {
      const { status, json } = await switchyard.chat({ model, stream });
      t.ok(status === 500 || status === 502 || status === 503, `${model}: ${status}`);
      t.match(json(), { error: { message: String, code: String } }, model);
    }
    t.equal(
      [...(switchyard.gateway.upstreams.get(model)?.targets ?? [])][0]?.inflight,
      0,
      `${model}: nothing is left in flight`,
    );
  }
});

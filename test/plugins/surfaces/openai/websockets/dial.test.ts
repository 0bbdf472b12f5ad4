/** How an upstream's WebSocket is reached. */
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { forwardProxy } from '../../../../kits/transport-kit/forward-proxy.ts';
import { openSocket, startSocketUpstream } from '../../../../socket-upstream.ts';
import { startSwitchyard } from '../../../../switchyard.ts';

const far = (baseUrl: string) => ({
  use: 'openai-compatible',
  baseUrl,
  apiKey: 'k',
  surfaces: ['*', 'realtime-websocket'],
});

t.test('it goes through the proxy that the environment names', async (t) => {
  const upstream = await startSocketUpstream(t);
  const proxy = await forwardProxy(t, { port: Number(new URL(upstream.url).port) });
  const switchyard = await startSwitchyard(
    t,
    { providers: { far: far('http://far.example/v1') } },
    { env: { http_proxy: proxy.url } },
  );
  const client = openSocket(t, `${switchyard.url}/v1/realtime?model=m`);
  await client.opened;
  client.socket.send('hello');
  t.equal(await (await upstream.accepted()).message(1), 'hello');
  t.strictSame(
    proxy.asked.filter((line) => line.startsWith('CONNECT')),
    ['CONNECT far.example:80'],
  );
});

t.test('an upstream that is unreachable, or has no WebSocket, gives the error of any request', async (t) => {
  const upstream = await startSocketUpstream(t, { refuse: () => 200 });
  const switchyard = await startSwitchyard(t, {
    providers: { nowhere: far('http://127.0.0.1:1/v1'), page: far(upstream.url) },
    retry: { again: 0 },
  });
  const ask = (provider: string) =>
    openSocket(t, `${switchyard.url}/v1/realtime?model=m&provider=${provider}`).refused;
  t.match(await ask('nowhere'), { status: 502, body: /upstream_refused/ });
  t.match(await ask('page'), { status: 502, body: /answered 200 to the handshake/ });
});

t.test('a client that leaves while an upstream is asked ends that, too', async (t) => {
  const upstream = await startSocketUpstream(t, { isSilent: true });
  const switchyard = await startSwitchyard(t, { providers: { far: far(upstream.url) } });
  const client = openSocket(t, `${switchyard.url}/v1/realtime?model=m`);
  const asked = await upstream.asked();
  client.socket.terminate();
  await asked.left;
  let trace;
  do {
    await sleep(5);
    trace = await switchyard.trace();
  } while (!trace?.ending);
  t.match(trace, { ending: 'left' });
});

// Threads that cannot go on: what their clients get, and what is given back.
import { once } from 'node:events';
import { connect } from 'node:net';
import t, { type Test } from 'tap';
import { begin, hold, isWhole } from './fallen.ts';
import { bringDown, chat, json, streamBeside, type Way } from './gateway.ts';

const WAYS: readonly (readonly [Way, RegExp, readonly string[]])[] = [
  ['throw', /^the witness fails$/, []],
  ['reject', /^the witness fails$/, []],
  ['exit', /^process\.exit\(3\) was called in it$/, []],
  ['leak', /^it runs out of memory: \d+ of \d+ MiB are in use$/, ['--max-old-space-size=160']],
];

for (const [way, why, flags] of WAYS)
  t.test(`a thread that falls (${way}) tells its clients so, and another takes its place`, async (t) => {
    const { upstream, gateway } = await begin(t, {}, flags);
    const { url, command } = gateway;
    hold(t, upstream, 'slow-finish');
    const streams = [await streamBeside(url), await streamBeside(url)];
    upstream.behave('ok');
    await bringDown(way, gateway);
    for (const { id, whole } of streams) {
      t.match(await whole, /one [^]*two [^]*"code":"shutting_down"/);
      t.match(await json(`${url}/requests/${id}`), {
        ending: 'error',
        error: 'the thread of the gateway that had this request has failed; send it again',
      });
    }
    t.match(command.stderr, /thread 1 has failed, and ends its requests/);
    await isWhole(t, gateway, why);
  });

t.test('a request that had no answer yet gets one that says that it may come again', async (t) => {
  const { upstream, gateway } = await begin(t);
  hold(t, upstream, 'slow-first-byte');
  const waiting = Array.from({ length: 12 }, () => chat(gateway.url));
  await upstream.seen(8);
  await bringDown('throw', gateway);
  upstream.behave('ok');
  const early = await Promise.race(waiting);
  t.equal(early.statusCode, 503);
  t.match(early.headers, { 'retry-after': '2', 'x-should-retry': undefined, connection: 'close' });
  t.match(await early.body.json(), { error: { code: 'shutting_down' } });
});

/** How a connection ends on which an endless answer of the main thread comes. */
async function follow(t: Test, url: string): Promise<Promise<string>[]> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.write('GET /events HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
  await once(socket, 'data');
  const ended = once(socket, 'end').then(
    () => 'end',
    (error: NodeJS.ErrnoException) => String(error.code),
  );
  socket.resume();
  return [ended];
}

t.test('an answer that cannot be told so breaks by a reset, not by an end', async (t) => {
  const { gateway } = await begin(t);
  const followed = (await Promise.all(Array.from({ length: 12 }, () => follow(t, gateway.url)))).flat();
  const first = Promise.race(followed);
  await bringDown('throw', gateway);
  t.equal(await first, 'ECONNRESET');
});

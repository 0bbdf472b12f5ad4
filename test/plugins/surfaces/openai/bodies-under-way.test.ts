import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import type { Switchyard } from '../../../switchyard.ts';
import { openLab } from '../../../lab.ts';

const MIB = 1024 * 1024;
const CHAT = '/v1/chat/completions';

type Begun = [length: number | undefined, sent: number, path?: string, type?: string];

/** A request whose body has begun, and what comes back. */
async function begun(
  t: Test,
  switchyard: Switchyard,
  length: number | undefined,
  sent: number,
  path = CHAT,
  type = 'application/json',
) {
  const socket = connect(Number(new URL(switchyard.url).port), '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.on('error', () => undefined);
  const framing = length === undefined ? 'transfer-encoding: chunked' : `content-length: ${length}`;
  socket.write(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: ${type}\r\n${framing}\r\n\r\n`);
  const piece = Buffer.alloc(sent, ' ');
  if (length === undefined) socket.write(`${sent.toString(16)}\r\n`);
  if (sent > 0) await new Promise((resolve) => socket.write(piece, resolve));
  return { socket, answer: heard(socket) };
}

/** All that came until the other side closes. */
async function heard(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  await once(socket, 'close');
  return text;
}

/** What a long body is told that is only announced, as soon as there is no room for it. */
async function refusedAtOnce(t: Test, switchyard: Switchyard, length: number): Promise<string> {
  for (;;) {
    const { socket, answer } = await begun(t, switchyard, length, 0);
    const later = new Promise<undefined>((resolve) => setTimeout(resolve, 100, undefined));
    const text = await Promise.race([answer, later]);
    if (text !== undefined) return text;
    socket.destroy();
  }
}

t.test('a stalled body is given up, on every kind of path', async (t) => {
  const { switchyard, asked } = await openLab(t, { config: { server: { bodyIdle: '300ms' } } });
  const cases: [string, ...Begun][] = [
    ['announced', 1000, 10],
    ['nothing of it', 1000, 0],
    ['chunked', undefined, 10],
    ['a long one', 20 * MIB, MIB],
    ['a form', 1000, 10, '/v1/audio/transcriptions', 'multipart/form-data; boundary=x'],
    ['management', 1000, 10, '/config/load-balancing'],
    ['any path', 1000, 10, '/v1/what/is/new'],
    ['a stream', 1000, 10, '/v1/files', 'multipart/form-data; boundary=x'],
    ['nowhere', 1000, 10, '/nowhere'],
  ];
  for (const [name, ...how] of cases) {
    const { answer } = await begun(t, switchyard, ...how);
    const text = await answer;
    t.match(text, /^HTTP\/1\.1 408 /, name);
    t.match(text, /"code":"request_too_slow"/, name);
  }
  t.equal(asked().filter(({ whole }) => whole).length, 0, 'nothing reached an upstream whole');
});

t.test('a slow body is accepted as long as bytes come', async (t) => {
  const { switchyard, upstream } = await openLab(t, { config: { server: { bodyIdle: '400ms' } } });
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hello' }] });
  for (const [path, type] of [
    [CHAT, 'application/json'],
    ['/v1/files', 'text/plain'],
  ] as const) {
    const { socket, answer } = await begun(t, switchyard, body.length, 0, path, type);
    const told = once(socket, 'data');
    for (const letter of body) {
      socket.write(letter);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    await Promise.race([told, answer]);
    t.equal(upstream.posts.at(-1)?.body.toString(), body, path);
    socket.destroy();
  }
});

t.test('long bodies share a bounded memory, and short ones pass them', async (t) => {
  const { switchyard, upstream } = await openLab(t, {
    config: { server: { bodyLimit: '4MiB', bodyMemory: '8MiB', bodyIdle: '1m' } },
  });
  const long = [await begun(t, switchyard, 4 * MIB, 3 * MIB), await begun(t, switchyard, undefined, 3 * MIB)];
  const early = await refusedAtOnce(t, switchyard, 3 * MIB);
  t.match(early, /^HTTP\/1\.1 503 [^]*retry-after: \d+[^]*too_many_bodies/i, 'told when to come back');
  const refused = await switchyard.ask(CHAT, { body: Buffer.alloc(3 * MIB, ' ') });
  t.equal(refused.status, 503);
  t.match(refused.json(), { error: { code: 'too_many_bodies', message: /server\.bodyMemory/ } });
  const unannounced = await begun(t, switchyard, undefined, 3 * MIB);
  t.match(await unannounced.answer, /^HTTP\/1\.1 503 [^]*retry-after[^]*too_many_bodies/i);
  t.equal((await switchyard.chat()).status, 200, 'a short one is answered');
  t.equal((await switchyard.chat({ x: 'x'.repeat(60_000) })).status, 200);

  for (const { socket } of long) socket.destroy();
  const whole = JSON.stringify({ model: 'm', messages: [], x: 'x'.repeat(3 * MIB) });
  const isFree = async (): Promise<number> => {
    const { status } = await switchyard.ask(CHAT, { body: whole });
    return status === 503 ? isFree() : status;
  };
  t.equal(await isFree(), 200, 'what they held is free again');
  for (let time = 0; time < 10; time++) t.equal((await switchyard.ask(CHAT, { body: whole })).status, 200);
  t.equal(upstream.posts.length, 13);
});

t.test('a body counts until its answer is over', async (t) => {
  const { switchyard, upstream } = await openLab(t, {
    upstream: { interval: 0 },
    config: { server: { bodyLimit: '4MiB', bodyMemory: '4MiB' } },
  });
  const body = JSON.stringify({ model: 'm', stream: true, messages: [], x: 'x'.repeat(3 * MIB) });
  upstream.behave('stall-before-head');
  const gone = new AbortController();
  const first = switchyard.ask(CHAT, { body, signal: gone.signal }).catch(() => undefined);
  await upstream.seen(1, ({ method }) => method === 'POST');
  t.equal((await switchyard.ask(CHAT, { body })).status, 503);
  gone.abort();
  await first;
  upstream.behave('ok');
  const isFree = async (): Promise<number> => {
    const { status } = await switchyard.ask(CHAT, { body });
    return status === 503 ? isFree() : status;
  };
  t.equal(await isFree(), 200);
});

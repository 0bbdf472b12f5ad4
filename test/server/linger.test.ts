import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import type { Switchyard } from '../switchyard.ts';
import { openLab } from '../lab.ts';

const BYTES = 3_000_000;

/**
 * A client that sends all of its request before it reads, as many do, and what it then hears. A connection that is closed
 * at once is reset by what is still under way, and nothing is heard.
 */
async function heard(switchyard: Switchyard, head: readonly string[], bytes: number): Promise<string> {
  const socket = connect({ port: Number(new URL(switchyard.url).port), host: '127.0.0.1' });
  const failed = once(socket, 'error').then(([error]: unknown[]) => Promise.reject(error as Error));
  failed.catch(() => undefined);
  await once(socket, 'connect');
  socket.pause();
  socket.write(
    [
      'POST /v1/chat/completions HTTP/1.1',
      'host: 127.0.0.1',
      'content-type: application/json',
      ...head,
      '',
      '',
    ].join('\r\n'),
  );
  const piece = Buffer.alloc(50_000, 'x');
  for (let sent = 0; sent < bytes; sent += piece.length) {
    const isRoom = head.some((line) => line.startsWith('transfer'))
      ? socket.write(
          Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]),
        )
      : socket.write(piece);
    if (!isRoom) await Promise.race([once(socket, 'drain'), failed]);
    // So that the gateway has answered long before the end.
    await new Promise((resolve) => setImmediate(resolve));
  }
  let text = '';
  socket.on('data', (chunk) => (text += chunk)).resume();
  await Promise.race([once(socket, 'end'), failed]);
  return text;
}

t.test('a client that is still sending gets the 413', async (t) => {
  const { switchyard } = await openLab(t, { config: { server: { bodyLimit: '100KiB' } } });
  for (let time = 0; time < 5; time++)
    for (const head of [[`content-length: ${BYTES}`], ['transfer-encoding: chunked']]) {
      const text = await heard(switchyard, head, BYTES);
      t.match(text, /^HTTP\/1\.1 413 /, `${head}`);
      t.match(text, /connection: close/i);
      t.match(text, /body_too_large.*\}$/);
    }
});

t.test('a fetch that sends too much is answered every time', async (t) => {
  const { switchyard } = await openLab(t, { config: { server: { bodyLimit: '1MiB' } } });
  const body = Buffer.alloc(20_000_000, 'x');
  for (let time = 0; time < 10; time++) {
    const answer = await fetch(`${switchyard.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    t.equal(answer.status, 413);
    t.equal(((await answer.json()) as { error: { code: string } }).error.code, 'body_too_large');
  }
});

t.test('the gateway does not wait for a client that sends for ever, or never closes', async (t) => {
  const { switchyard } = await openLab(t, { config: { server: { bodyLimit: '100KiB' } } });
  const socket = connect({
    port: Number(new URL(switchyard.url).port),
    host: '127.0.0.1',
    allowHalfOpen: true,
  });
  socket.on('error', () => undefined).resume();
  socket.write(
    'POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 999999\r\n\r\n{',
  );
  await once(socket, 'end');
  t.equal((await switchyard.chat()).status, 200, 'others go on');
  await new Promise<void>((resolve) => {
    const closed = async (): Promise<void> => {
      const count = await new Promise<number>((got) =>
        switchyard.app.server.getConnections((_, connections) => got(connections)),
      );
      // The test's own client keeps one.
      if (count <= 1) resolve();
      else setTimeout(closed, 50);
    };
    void closed();
  });
  socket.destroy();
});

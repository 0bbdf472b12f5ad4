import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import t, { type Test } from 'tap';
import { HttpSink } from '../../../kits/surface-kit/http-sink.ts';
import { busyTurns } from '../../busy-turns.ts';
import { bytesFrom, plain, startOne, until } from '../../in-front.ts';
import { Line } from '../../core/upstreams/line.ts';

t.test("a client's connection is reused after an answer, a broken one too", async (t) => {
  const { switchyard, one } = await startOne(t, {
    timeouts: { idle: '300ms' },
    breaker: { failures: 1_000, minimum: 1_000 },
  });
  const line = await Line.to(t, switchyard);
  const answers = [
    'ok',
    'cut-after-content',
    'ok',
    'stall-after-content',
    'error-frame-after-content',
    'ok',
  ] as const;
  for (const [index, name] of answers.entries()) {
    one.behave(name);
    line.say(Line.chat({ stream: true }));
    const ended = () => line.received.split('\r\n0\r\n\r\n').length - 1;
    await until(
      () => ended() === index + 1,
      () => `the end of answer ${index + 1}: ${name}`,
    );
    t.equal(line.received.split('HTTP/1.1 200 OK\r\n').length - 1, index + 1, name);
  }
  line.say(Line.chat());
  await line.hears(/"chat\.completion"/);
  t.notMatch(line.received, /connection: close/i);
});

t.test('requests that are sent ahead on one connection are answered in their order', async (t) => {
  const { switchyard, one } = await startOne(t);
  one.behaveOnce('slow-deltas', { delay: 10 });
  const line = await Line.to(t, switchyard);
  line.say(Line.chat({ stream: true }) + Line.chat({ stream: true }) + Line.chat());
  await line.hears(/"object":"chat\.completion",.*\}$/s);
  const [first = '', second = '', third = ''] = line.received.split(/(?=HTTP\/1\.1 200)/);
  for (const stream of [first, second]) {
    t.match(stream, /transfer-encoding: chunked/i);
    t.match(stream, /"content":"Hello".*data: \[DONE\]\n\n\r\n0\r\n\r\n$/s);
  }
  t.match(third, /content-length: \d+/i);
});

t.test('an HTTP/1.0 client gets the stream without chunks, ended by the connection', async (t) => {
  const { switchyard, one } = await startOne(t);
  const direct = await bytesFrom(one.url, 'chat');
  const line = await Line.to(t, switchyard);
  line.say(Line.chat({ stream: true }, '1.0'));
  await until(
    () => line.socket.readableEnded,
    () => 'the end of the connection',
  );
  const [head = '', ...rest] = line.received.split('\r\n\r\n');
  t.notMatch(head, /transfer-encoding/i);
  t.equal(plain(Buffer.from(rest.join('\r\n\r\n'), 'latin1')), plain(direct.body));
});

t.test('the first content is sent at once: it does not wait for more', async (t) => {
  const { switchyard, one } = await startOne(t);
  one.behave('stall-after-content');
  const line = await Line.to(t, switchyard);
  line.say(Line.chat({ stream: true }));
  await line.hears(/"content":"Hello"/);
  t.match(await one.seen(1, ({ method }) => method === 'POST'), { overAt: undefined });
});

/** @returns all that a client receives until the connection ends */
async function received(
  t: Test,
  use: (sink: HttpSink, response: ServerResponse, client: Socket) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    use(new HttpSink({ raw: response, request } as unknown as FastifyReply), response, client);
  }).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n');
  let text = '';
  client.on('data', (chunk) => (text += chunk.toString('latin1')));
  await new Promise((resolve) => client.on('error', () => undefined).on('close', resolve));
  return text;
}

t.test('where writes wait for the end of a turn', async (t) => {
  const HEADERS = { 'content-type': 'text/event-stream' };
  const CHUNKS = /\r\n\r\n3\r\none\r\n3\r\ntwo\r\n/;

  t.test('chunks come in their order before the end', async (t) => {
    busyTurns(t);
    const text = await received(t, (sink) => {
      sink.head(200, { ...HEADERS });
      sink.write(Buffer.from('one'));
      sink.write(Buffer.from('two'));
      sink.end();
    });
    t.match(text, new RegExp(`${CHUNKS.source}0\\r\\n\\r\\n$`));
  });

  t.test('chunks come before a break', async (t) => {
    busyTurns(t);
    const text = await received(t, (sink) => {
      sink.head(200, { ...HEADERS });
      sink.write(Buffer.from('one'));
      sink.write(Buffer.from('two'));
      sink.break();
    });
    t.match(text, new RegExp(`${CHUNKS.source}$`));
  });

  t.test('a whole answer counts as given at once', async (t) => {
    busyTurns(t);
    const text = await received(t, (sink) => {
      sink.whole(200, { 'content-type': 'text/plain' }, Buffer.from('whole'));
      t.ok(sink.closed);
      t.ok(sink.committed);
    });
    t.match(text, /content-length: 5\r\n.*\r\n\r\nwhole$/s);
  });

  t.test('chunks of many turns wait for a client that reads slowly', async (t) => {
    busyTurns(t);
    const chunk = Buffer.alloc(64 * 1024, 'a');
    let written = 0;
    const text = await received(t, async (sink, response, client) => {
      client.pause();
      sink.head(200, { ...HEADERS });
      for (let isRoom = true; isRoom; await turn()) {
        isRoom = sink.write(chunk);
        written++;
        t.ok(response.socket!.writableLength < 4 * chunk.length, 'few wait in memory');
      }
      client.resume();
      await new Promise<void>((resolve) => sink.drained(resolve));
      sink.end();
    });
    t.equal(text.split('\r\n10000\r\n').length - 1, written);
    t.match(text.slice(-20), /a\r\n0\r\n\r\n$/);
  });

  t.test('a client that leaves meanwhile is no error', async (t) => {
    busyTurns(t);
    const text = await received(t, (sink, response) => {
      response.on('error', (error) => t.fail(error.message));
      sink.whole(200, { 'content-type': 'text/plain' }, Buffer.from('whole'));
      response.destroy();
    });
    t.equal(text, '');
  });
});

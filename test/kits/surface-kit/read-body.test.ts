import { connect } from 'node:net';
import t from 'tap';
import { openLab, overSocket } from '../../lab.ts';

const text = 'ünïcödé 世界 '.repeat(40_000);
const json = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: text }] });
const head = (length: string): string =>
  `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: application/json\r\n${length}\r\n\r\n`;

/** The same bytes in pieces of odd sizes, as chunked encoding has them. */
function chunked(bytes: Buffer, size: number): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]);
}

t.test('a long body reaches its upstream byte for byte, its length announced or not', async (t) => {
  const { switchyard, asked } = await openLab(t);
  const body = Buffer.from(json);
  const announced = Buffer.concat([Buffer.from(head(`content-length: ${body.length}`)), body]);
  const counted = Buffer.concat([Buffer.from(head('transfer-encoding: chunked')), chunked(body, 7_777)]);
  for (const [at, bytes] of [announced, counted].entries()) {
    t.match(await overSocket(switchyard.url, bytes), /^HTTP\/1\.1 200 /);
    t.ok(asked()[at]?.body.equals(body), at === 0 ? 'announced' : 'chunked');
  }
});

t.test('a body cut off by its client reaches no upstream, and the next one does', async (t) => {
  const { switchyard, asked } = await openLab(t);
  const socket = connect(Number(new URL(switchyard.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  const half = json.slice(0, json.length / 2);
  await new Promise((resolve) =>
    socket.write(head(`content-length: ${Buffer.byteLength(json)}`) + half, resolve),
  );
  socket.destroy();
  t.equal((await switchyard.chat()).status, 200);
  t.equal(asked().length, 1);
  t.notMatch(switchyard.log.join(''), /"level":50/, 'no error of the gateway is logged');
});

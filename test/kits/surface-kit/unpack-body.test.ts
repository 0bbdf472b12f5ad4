import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { connect } from 'node:net';
import t from 'tap';
import { openLab, overSocket } from '../../lab.ts';

const PACKED = {
  gzip: gzipSync,
  'x-gzip': gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
};
const chat = (content: string): Buffer =>
  Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] }));
const long = chat('ünïcödé 世界 '.repeat(20_000));

t.test('a compressed body is read, and reaches its upstream as it was before', async (t) => {
  const { switchyard, asked } = await openLab(t);
  for (const body of [chat('hi'), long]) {
    for (const [coding, pack] of Object.entries(PACKED)) {
      const headers = { 'content-encoding': coding };
      const answer = await switchyard.ask('/v1/chat/completions', { body: pack(body), headers });
      t.equal(answer.status, 200, `${coding}: ${answer.text.slice(0, 200)}`);
      const { body: came, headers: sent } = asked().at(-1)!;
      t.ok(came.equals(body), coding);
      t.equal(sent['content-encoding'], undefined);
      t.equal(sent['content-length'], `${body.length}`);
    }
  }
});

t.test('so is one of unknown length, in pieces, on any path that names a model', async (t) => {
  const { switchyard, asked } = await openLab(t);
  const packed = zstdCompressSync(long);
  const pieces = Array.from({ length: Math.ceil(packed.length / 999) }, (_, at) => {
    const piece = packed.subarray(at * 999, at * 999 + 999);
    return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
  });
  for (const path of ['/v1/chat/completions', '/v1/some/thing']) {
    const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-encoding: zstd\r\ntransfer-encoding: chunked\r\n\r\n`;
    const bytes = Buffer.concat([Buffer.from(head), ...pieces, Buffer.from('0\r\n\r\n')]);
    t.match(await overSocket(switchyard.url, bytes), /^HTTP\/1\.1 /);
    const { path: reached, body, headers } = asked().at(-1)!;
    t.equal(reached, path);
    t.ok(body.equals(long));
    t.equal(headers['content-encoding'], undefined);
  }
});

t.test('a body without a model passes on such a path decompressed, with its own length', async (t) => {
  const { switchyard, asked } = await openLab(t);
  const body = Buffer.from('{"a":"b"}');
  await switchyard.ask('/v1/some/thing', { body: gzipSync(body), headers: { 'content-encoding': 'gzip' } });
  const { body: came, headers } = asked().at(-1)!;
  t.ok(came.equals(body));
  t.equal(headers['content-encoding'], undefined);
  t.equal(headers['content-length'], `${body.length}`);
});

t.test('what passes as a stream is not decompressed', async (t) => {
  const { switchyard, asked } = await openLab(t);
  const packed = gzipSync('--x\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n--x--\r\n');
  const headers = { 'content-encoding': 'gzip', 'content-type': 'multipart/form-data; boundary=x' };
  await switchyard.ask('/v1/files', { body: packed, headers });
  const { body, headers: sent } = asked().at(-1)!;
  t.ok(body.equals(packed));
  t.equal(sent['content-encoding'], 'gzip');
});

t.test(
  'an unknown coding, several, and broken or cut data are refused, and the connection goes on',
  async (t) => {
    const { switchyard, asked } = await openLab(t);
    const gzip = gzipSync(long);
    const zstd = zstdCompressSync(long);
    const refused: [coding: string, body: Buffer, status: number, code: string][] = [
      ['snappy', gzip, 415, 'unsupported_media_type'],
      ['gzip, zstd', gzip, 415, 'unsupported_media_type'],
      ['gzip', chat('hi'), 400, 'invalid_request'],
      ['gzip', long, 400, 'invalid_request'],
      ['gzip', gzip.subarray(0, -9), 400, 'invalid_request'],
      ['zstd', gzip, 400, 'invalid_request'],
      ['zstd', zstd.subarray(0, -9), 400, 'invalid_request'],
      ['br', zstd, 400, 'invalid_request'],
      ['deflate', gzip, 400, 'invalid_request'],
      ['gzip', gzipSync(''), 400, 'invalid_json'],
      ['gzip', gzipSync('[]'), 400, 'invalid_json'],
    ];
    for (const [coding, body, status, code] of refused) {
      const headers = { 'content-encoding': coding };
      const answer = await switchyard.ask('/v1/chat/completions', { body, headers });
      t.match(
        { status: answer.status, ...answer.json() },
        { status, error: { code } },
        `${coding}: ${answer.text}`,
      );
      if (code !== 'invalid_json') t.match(answer.text, coding);
      t.equal((await switchyard.chat()).status, 200);
    }
    t.equal(asked().length, refused.length, 'none of them was sent');
    t.notMatch(switchyard.log.join(''), /"level":50/);
  },
);

t.test('what a body holds counts against its limits, not what came', async (t) => {
  const limit = 256 * 1024;
  const { switchyard, asked } = await openLab(t, { config: { server: { bodyLimit: limit } } });
  const much = chat('x'.repeat(16 * 1024 * 1024));
  for (const coding of ['gzip', 'zstd', 'br'] as const) {
    const packed = coding === 'br' ? brotliCompressSync(much.subarray(0, 4 * limit)) : PACKED[coding](much);
    t.ok(packed.length < limit);
    const answer = await switchyard.ask('/v1/chat/completions', {
      body: packed,
      headers: { 'content-encoding': coding },
    });
    t.match(
      { status: answer.status, ...answer.json() },
      { status: 413, error: { code: 'body_too_large' } },
      coding,
    );
  }
  t.equal(asked().length, 0);
  t.equal((await switchyard.chat()).status, 200);
});

t.test('a client that leaves in the middle of a compressed body reaches no upstream', async (t) => {
  const { switchyard, asked } = await openLab(t);
  const packed = gzipSync(long);
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: ${packed.length}\r\n\r\n`;
  const socket = connect(Number(new URL(switchyard.url).port), '127.0.0.1').on('error', () => undefined);
  await new Promise((resolve) =>
    socket.write(Buffer.concat([Buffer.from(head), packed.subarray(0, 500)]), resolve),
  );
  socket.destroy();
  t.equal((await switchyard.chat()).status, 200);
  t.equal(asked().length, 1);
  t.notMatch(switchyard.log.join(''), /"level":50/);
});

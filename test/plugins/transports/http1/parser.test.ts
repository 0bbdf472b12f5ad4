import t, { type Test } from 'tap';
import type { IncomingHttpHeaders } from 'node:http';
import { Parser, type Listener } from '../../../../plugins/transports/http1/parser.ts';
import { badAnswers, goodAnswers } from './answers.ts';
import { chance } from '../../../chance.ts';
import { mutated } from './mutate.ts';

interface Seen {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  calls: number;
  /** as it was told at the end; undefined: no end */
  idle: number | undefined;
  error: string | undefined;
}

/** What a parser says of bytes that come in these pieces, through one buffer that is written over each time. */
function read(pieces: readonly string[], method = 'GET'): Seen {
  const seen: Seen = { status: 0, headers: {}, body: '', calls: 0, idle: undefined, error: undefined };
  const chunks: Buffer[] = [];
  const listener: Listener = {
    head: (status, headers) => Object.assign(seen, { status, headers: { ...headers } }),
    data: (chunk) => void (chunks.push(chunk), seen.calls++),
    end: (idle) => void (seen.idle = idle),
  };
  const parser = new Parser(listener);
  parser.begin(method === 'HEAD');
  const buffer = Buffer.alloc(Math.max(...pieces.map((piece) => piece.length), 1));
  try {
    for (const piece of pieces) {
      buffer.write(piece, 'latin1');
      parser.push(buffer, piece.length);
      buffer.fill('!');
      if (seen.idle !== undefined) break;
    }
    if (seen.idle === undefined && !parser.finish() && parser.inHead) seen.error = 'breaks off';
  } catch (error) {
    seen.error = (error as Error).message;
  }
  seen.body = Buffer.concat(chunks).toString('latin1');
  return seen;
}

function cut(bytes: string, ...at: number[]): string[] {
  return [0, ...at].map((from, index) => bytes.slice(from, at[index] ?? bytes.length));
}

for (const { what, bytes, method, status, body, reusable } of goodAnswers) {
  t.test(`a good answer is the same however it is cut: ${what}`, (t) => {
    const whole = read([bytes], method);
    t.match(whole, { status, body, error: undefined });
    t.equal((whole.idle ?? 0) > 0, reusable, 'whether its connection can be used again');
    const { calls: _, ...same } = whole;
    const places = bytes.length < 400 ? bytes.length : 60;
    for (let at = 1; at < places; at++) expectSame(t, cut(bytes, at), same, method);
    expectSame(t, [...bytes], same, method);
    t.end();
  });
}

function expectSame(t: Test, pieces: string[], expected: Omit<Seen, 'calls'>, method?: string): void {
  const { calls: _, ...seen } = read(pieces, method);
  if (JSON.stringify(seen) !== JSON.stringify(expected))
    t.same(seen, expected, JSON.stringify(pieces.slice(0, 2)));
}

for (const [what, bytes, names] of badAnswers) {
  t.test(`a doubtful answer is refused however it is cut: ${what}`, (t) => {
    for (const pieces of [[bytes], [...bytes]]) {
      const { error, idle } = read(pieces);
      t.match(error, names);
      t.equal(idle, undefined);
    }
    for (let at = 1; at < Math.min(bytes.length, 120); at++) {
      const { error } = read(cut(bytes, at));
      if (!names.test(error ?? '')) t.match(error, names, `cut at ${at}`);
    }
    t.end();
  });
}

t.test('an invalid head is refused at its first wrong byte', (t) => {
  t.match(read(['X']).error, /status line/);
  t.match(read(['HTTP/1.1 200 OK\n']).error, /line feed without/);
  t.match(read(['HTTP/1.1 200 OK\rX']).error, /carriage return without/);
  t.match(read(['HTTP/1.1 200 OK\r\na: \0']).error, /control character/);
  t.end();
});

t.test('headers have the shape of Node’s', (t) => {
  const { headers } = read([
    'HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX-A:  one \r\nset-cookie: b=2\r\nx-a: two\t\r\nContent-Type: a/b\r\ncontent-type: c/d\r\n' +
      'Constructor: x\r\n__proto__: y\r\nX-Empty:\r\nx-latin: Gr\xfc\xdfe: ja\r\ncontent-length: 0\r\n\r\n',
  ]);
  t.match(headers, {
    'set-cookie': ['a=1', 'b=2'],
    'x-a': 'one, two',
    'content-type': 'a/b',
    'x-empty': '',
    'x-latin': 'Gr\xfc\xdfe: ja',
  });
  t.equal(headers['constructor'], 'x', 'names that every object seems to have');
  t.equal(Object.getOwnPropertyDescriptor(headers, '__proto__')?.value, 'y');
  t.end();
});

t.test('chunks that came in one read are one chunk', (t) => {
  const bytes =
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n';
  t.match(read([bytes]), { body: 'abcdef', calls: 1 });
  t.match(read(cut(bytes, bytes.indexOf('2\r\n') + 4)), { body: 'abcdef', calls: 2 });
  t.end();
});

t.test('good data before bad data in the same read is delivered first', (t) => {
  const bytes = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\nzz\r\n';
  t.match(read([bytes]), { body: 'abc', error: "a chunk's size that is not a number", idle: undefined });
  t.end();
});

t.test("a connection's idle time is what the server grants, less a margin", (t) => {
  const idle = (lines: string): number | undefined =>
    read([`HTTP/1.1 200 OK\r\n${lines}content-length: 0\r\n\r\n`]).idle;
  t.equal(idle(''), 4_000);
  t.equal(idle('connection: keep-alive\r\nkeep-alive: timeout=5\r\n'), 4_000);
  t.equal(idle('keep-alive: timeout=2, max=100\r\n'), 1_000);
  t.equal(idle('keep-alive: max=7, timeout=3\r\n'), 2_000);
  t.equal(idle('keep-alive: timeout=1\r\n'), 0);
  t.equal(idle('keep-alive: timeout=0\r\n'), 0);
  t.equal(idle('keep-alive: timeout=600\r\n'), 4_000);
  t.equal(idle('connection: close\r\n'), 0);
  t.equal(idle('connection: x, CLOSE\r\n'), 0);
  t.equal(idle('connection: close-not\r\n'), 4_000);
  t.equal(read(['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok?']).idle, 0, 'bytes after the end');
  t.equal(read(['HTTP/1.1 204 OK\r\n\r\nok']).idle, 0, 'a body where there is none');
  t.end();
});

t.test('bytes changed by chance are read the same however they are cut', (t) => {
  const below = chance(20_261_124).below;
  for (let round = 0; round < 3_000; round++) {
    const { bytes: good, method } = goodAnswers[below(goodAnswers.length)] as (typeof goodAnswers)[number];
    const bytes = mutated(good, below);
    const { calls: _, ...whole } = read([bytes], method);
    const at = Array.from({ length: 1 + below(4) }, () => below(bytes.length + 1)).sort((a, b) => a - b);
    const { calls: __, ...parts } = read(cut(bytes, ...at), method);
    // Which of two wrongs is named may depend on where it is cut, and so may what follows an end.
    const plain = ({ error, idle, ...rest }: Omit<Seen, 'calls'>): unknown => ({
      ...rest,
      wrong: error !== undefined,
      ended: idle !== undefined,
    });
    if (JSON.stringify(plain(whole)) !== JSON.stringify(plain(parts)))
      t.same(plain(parts), plain(whole), JSON.stringify({ bytes, at }));
  }
  t.end();
});

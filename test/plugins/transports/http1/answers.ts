/** An answer as it is on the wire, and what is in it. */
export interface GoodAnswer {
  readonly what: string;
  readonly bytes: string;
  readonly method?: string;
  readonly status: number;
  readonly body: string;
  /** its connection can carry another request */
  readonly reusable: boolean;
}

const JSON_BODY = '{"object":"chat.completion","choices":[{"message":{"content":"Hello"}}]}';

export const goodAnswers: readonly GoodAnswer[] = [
  {
    what: 'a length',
    bytes: `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${JSON_BODY.length}\r\n\r\n${JSON_BODY}`,
    status: 200,
    body: JSON_BODY,
    reusable: true,
  },
  {
    what: 'chunks',
    bytes:
      'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n9\r\ndata: a\n\n\r\n00a\r\ndata: bc\n\n\r\nE\r\ndata: [DONE]\n\n\r\n0\r\n\r\n',
    status: 200,
    body: 'data: a\n\ndata: bc\n\ndata: [DONE]\n\n',
    reusable: true,
  },
  {
    what: 'chunks with extensions and trailers',
    bytes:
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=b\r\nabc\r\n2;x="y z"\r\nde\r\n0\r\nx-sum: 12\r\nx-more:  y \r\n\r\n',
    status: 200,
    body: 'abcde',
    reusable: true,
  },
  {
    what: 'no length, until it closes',
    bytes: 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\nall of it',
    status: 200,
    body: 'all of it',
    reusable: false,
  },
  {
    what: 'HTTP/1.0',
    bytes: 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok',
    status: 200,
    body: 'ok',
    reusable: false,
  },
  {
    what: 'no words for its status',
    bytes: 'HTTP/1.1 404 \r\ncontent-length: 3\r\n\r\nno!',
    status: 404,
    body: 'no!',
    reusable: true,
  },
  {
    what: 'no blank behind its status',
    bytes: 'HTTP/1.1 500\r\ncontent-length:0\r\n\r\n',
    status: 500,
    body: '',
    reusable: true,
  },
  {
    what: '204',
    bytes: 'HTTP/1.1 204 No Content\r\nx-a: 1\r\n\r\n',
    status: 204,
    body: '',
    reusable: true,
  },
  {
    what: '304 that tells a length',
    bytes: 'HTTP/1.1 304 Not Modified\r\ncontent-length: 10\r\n\r\n',
    status: 304,
    body: '',
    reusable: true,
  },
  {
    what: 'HEAD',
    method: 'HEAD',
    bytes: 'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n',
    status: 200,
    body: '',
    reusable: true,
  },
  {
    what: 'an interim answer first',
    bytes:
      'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
    status: 200,
    body: 'ok',
    reusable: true,
  },
  {
    what: 'two lengths that are the same',
    bytes: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nok',
    status: 200,
    body: 'ok',
    reusable: true,
  },
  {
    what: 'it closes',
    bytes: 'HTTP/1.1 200 OK\r\nConnection: Close\r\ncontent-length: 2\r\n\r\nok',
    status: 200,
    body: 'ok',
    reusable: false,
  },
  {
    what: 'a head longer than usual',
    bytes: `HTTP/1.1 200 OK\r\nx-long: ${'y'.repeat(3_000)}\r\ncontent-length: 2\r\n\r\nok`,
    status: 200,
    body: 'ok',
    reusable: true,
  },
];

const chunked = (body: string): string => `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${body}`;
const headed = (lines: string): string => `HTTP/1.1 200 OK\r\n${lines}\r\n\r\nok`;

/** Answers that must be refused, and what the refusal names. */
export const badAnswers: readonly (readonly [what: string, bytes: string, names: RegExp])[] = [
  ['length and chunks', headed('content-length: 2\r\ntransfer-encoding: chunked'), /both transfer-encoding/],
  ['chunks and length', headed('transfer-encoding: chunked\r\ncontent-length: 2'), /both transfer-encoding/],
  ['two lengths', headed('content-length: 2\r\ncontent-length: 3'), /two content-lengths/],
  ['a list of lengths', headed('content-length: 2, 2'), /content-length that is not a number/],
  ['a length with a sign', headed('content-length: +2'), /content-length that is not a number/],
  ['an empty length', headed('content-length:'), /content-length that is not a number/],
  ['a hexadecimal length', headed('content-length: 0x2'), /content-length that is not a number/],
  ['a length beyond all', headed(`content-length: ${'9'.repeat(30)}`), /content-length that is not a number/],
  ['gzip, chunked', headed('transfer-encoding: gzip, chunked'), /other than chunked/],
  ['chunked twice', headed('transfer-encoding: chunked\r\ntransfer-encoding: chunked'), /other than chunked/],
  ['identity', headed('transfer-encoding: identity'), /other than chunked/],
  ['bare line feeds', 'HTTP/1.1 200 OK\ncontent-length: 2\n\nok', /line feed without/],
  ['one bare line feed', headed('a: b\nc: d\r\ncontent-length: 2'), /line feed without/],
  ['a bare line feed at the end', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\nok', /line feed without/],
  ['a bare carriage return', headed('a: b\rc: d\r\ncontent-length: 2'), /carriage return without/],
  ['a folded header', headed('a: b\r\n c\r\ncontent-length: 2'), /folded/],
  ['a header folded with a tab', headed('a: b\r\n\tc\r\ncontent-length: 2'), /folded/],
  ['NUL in a value', headed('a: b\0c\r\ncontent-length: 2'), /control character/],
  ['NUL in a name', headed('a\0: b\r\ncontent-length: 2'), /not valid|control character/],
  ['DEL in a value', headed('a: b\x7fc\r\ncontent-length: 2'), /control character/],
  ['a blank before the colon', headed('content-length : 2'), /not valid/],
  ['no colon', headed('content-length 2'), /not valid/],
  ['no name', headed(': 2'), /not valid/],
  ['a change of protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n', /change of protocol/],
  ['another protocol', 'SSH-2.0-OpenSSH_9.9\r\n', /status line/],
  ['HTTP/2', 'HTTP/2 200 OK\r\n\r\n', /status line/],
  ['HTTP/1.2', 'HTTP/1.2 200 OK\r\n\r\n', /status line/],
  ['HTTP/1.1 in small letters', 'http/1.1 200 OK\r\n\r\n', /status line/],
  ['a line before the first', '\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', /status line/],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', /three digits/],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n', /three digits/],
  ['status 099', 'HTTP/1.1 099 OK\r\n\r\n', /three digits/],
  ['a huge head', `HTTP/1.1 200 OK\r\na: ${'b'.repeat(70_000)}\r\n\r\n`, /15360 bytes/],
  ['a head without an end', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}`, /15360 bytes/],
  ['many headers', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(201)}\r\n`, /200 headers/],
  ['endless interim answers', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(3_000), /15360 bytes/],
  ['a head that breaks off', 'HTTP/1.1 200 OK\r\ncontent-le', /breaks off/],
  ['nothing after an interim answer', 'HTTP/1.1 102 Processing\r\n\r\n', /breaks off/],
  ['a chunk size that is none', chunked('x\r\n'), /not a number/],
  ['an empty chunk size', chunked('\r\nabc\r\n'), /not a number/],
  ['a negative chunk size', chunked('-1\r\n'), /not a number/],
  ['a chunk size with a blank', chunked('3 \r\nabc\r\n0\r\n\r\n'), /not a number/],
  ['a chunk size with 0x', chunked('0x3\r\nabc\r\n0\r\n\r\n'), /not a number/],
  ['a chunk size beyond all', chunked('fffffffffffffffff\r\nabc'), /too large/],
  ['a chunk size beyond what is counted', chunked('20000000000000\r\nabc'), /too large/],
  ['a bare line feed after a chunk size', chunked('3\nabc\r\n0\r\n\r\n'), /line feed without/],
  ['no CR LF after a chunk', chunked('3\r\nabcd\r\n0\r\n\r\n'), /longer than its size/],
  ['only CR after a chunk', chunked('3\r\nabc\r3\r\n'), /without a line feed/],
  ['only LF after a chunk', chunked('3\r\nabc\n0\r\n\r\n'), /longer than its size/],
  ['endless chunk extensions', chunked(`3;${'a'.repeat(17_000)}\r\nabc\r\n`), /extensions/],
  ['NUL in a chunk extension', chunked('3;a\0\r\nabc\r\n'), /extension that is none/],
  ['an open quote in a chunk extension', chunked('3;a="b\r\nabc\r\n'), /extension that is none/],
  ['a bare line feed in a chunk extension', chunked('3;a\nabc\r\n'), /line feed without/],
  ['a folded trailer', chunked('0\r\na: b\r\n c\r\n\r\n'), /folded/],
  ['a trailer without a colon', chunked('0\r\nab\r\n\r\n'), /not valid/],
  ['a length in a trailer', chunked('0\r\nContent-Length: 2\r\n\r\n'), /content-length in a trailer/],
  ['a bare line feed in the trailers', chunked('0\r\na: b\n\r\n'), /line feed without/],
  ['NUL in a trailer', chunked('0\r\na: \0\r\n\r\n'), /control character/],
  ['endless trailers', chunked(`0\r\na: ${'b'.repeat(70_000)}\r\n\r\n`), /15360 bytes/],
];

import t from 'tap';
import { requestHead } from '../../../../plugins/transports/http1/request-head.ts';
import type { UpstreamRequest } from '../../../../core/contracts/index.ts';

const request = { origin: 'http://h', path: '/a?b=c', method: 'GET', headers: {}, body: undefined };

function head(change: Partial<UpstreamRequest>): string {
  return requestHead({ ...request, ...change }, 'h:81');
}

t.test('a request as it is written', (t) => {
  t.equal(head({}), 'GET /a?b=c HTTP/1.1\r\nhost: h:81\r\nconnection: keep-alive\r\n\r\n');
  t.equal(
    head({ method: 'POST', headers: { 'X-A': '1', list: ['x', 'y'] }, body: Buffer.from('four') }),
    'POST /a?b=c HTTP/1.1\r\nhost: h:81\r\nconnection: keep-alive\r\nX-A: 1\r\nlist: x\r\nlist: y\r\ncontent-length: 4\r\n\r\n',
  );
  t.match(head({ headers: { tab: 'a\tb', latin: 'Gr\xfcn' } }), 'tab: a\tb\r\nlatin: Gr\xfcn\r\n');
  t.end();
});

t.test('an empty body has its length where one is expected', (t) => {
  for (const method of ['POST', 'PUT', 'PATCH']) {
    t.match(head({ method }), /\r\ncontent-length: 0\r\n\r\n$/);
    t.match(head({ method, body: Buffer.alloc(0) }), /\r\ncontent-length: 0\r\n\r\n$/);
  }
  for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS']) t.notMatch(head({ method }), /content-length/);
  t.match(head({ method: 'DELETE', body: Buffer.from('x') }), /content-length: 1/);
  t.end();
});

t.test('the sender’s own host, framing and length replace ours', (t) => {
  const own = head({
    headers: { Host: 'other', connection: 'close', 'content-length': '1' },
    body: Buffer.from('x'),
  });
  t.equal(own, 'GET /a?b=c HTTP/1.1\r\nhost: other\r\nconnection: close\r\ncontent-length: 1\r\n\r\n');
  t.end();
});

t.test('a value that could be read as another request is neither sent nor shown', (t) => {
  const refused: [what: string, change: Partial<UpstreamRequest>][] = [
    ['CR LF in a value', { headers: { a: 'secret\r\nx: y' } }],
    ['LF in a value', { headers: { a: 'secret\n' } }],
    ['CR in a value', { headers: { a: '\rsecret' } }],
    ['NUL in a value', { headers: { a: 'secret\0' } }],
    ['DEL in a value', { headers: { a: 'secret\x7f' } }],
    ['a character of two bytes in a value', { headers: { a: 'secret\u{10d}\u010a' } }],
    ['CR LF in one of several values', { headers: { a: ['fine', 'secret\r\nx: y'] } }],
    ['CR LF in a name', { headers: { 'a\r\nb': 'secret' } }],
    ['a blank in a name', { headers: { 'a b': 'secret' } }],
    ['a colon in a name', { headers: { 'a:b': 'secret' } }],
    ['an empty name', { headers: { '': 'secret' } }],
    ['a blank in the path', { path: '/a b' }],
    ['CR LF in the path', { path: '/a\r\nx: y' }],
    ['a tab in the path', { path: '/a\tb' }],
    ['a character of two bytes in the path', { path: '/\u{120}' }],
    ['a path of no root', { path: 'a' }],
    ['an empty path', { path: '' }],
    ['CR LF in the method', { method: 'GET\r\n' }],
    ['a blank in the method', { method: 'GET /' }],
    ['an empty method', { method: '' }],
    ['CONNECT', { method: 'CONNECT' }],
    ['transfer-encoding', { headers: { 'Transfer-Encoding': 'chunked' } }],
    ['upgrade', { headers: { upgrade: 'h2c' } }],
    ['expect', { headers: { expect: '100-continue' } }],
    ['another connection option', { headers: { connection: 'upgrade' } }],
    ['two hosts', { headers: { host: ['a', 'b'] } }],
    ['CR LF in the host', { headers: { host: 'a\r\nx: y' } }],
    ['a length that is not the body’s', { headers: { 'content-length': '3' }, body: Buffer.from('x') }],
    ['a length without a body', { headers: { 'content-length': '3' } }],
  ];
  for (const [what, change] of refused) {
    try {
      t.fail(`${what} was written: ${JSON.stringify(head(change))}`);
    } catch (error) {
      t.match(error, { code: 'HTTP1_UNSENDABLE' }, what);
      t.notMatch((error as Error).message, /secret/, what);
    }
  }
  t.end();
});

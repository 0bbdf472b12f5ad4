import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type RequestListener } from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { addLines, headersIn, writeHead } from '../../wire/header-lines.ts';

const LINES = 'x-left: 3\r\nx-resets: 1m0s\r\n';
const LEFT = { 'x-left': '3', 'x-resets': '1m0s' };

const withLines = (): Record<string, string | string[] | number> => {
  const headers = { 'content-type': 'text/plain', 'content-length': 2 };
  addLines(headers, LINES);
  return headers;
};

async function asked(t: Test, answer: RequestListener): Promise<IncomingMessage> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const [response] = (await once(get({ port, host: '127.0.0.1', agent: false }), 'response')) as [
    IncomingMessage,
  ];
  response.resume();
  return response;
}

t.test('lines are sent beside the headers, and beside those that a response has already', async (t) => {
  for (const own of [false, true]) {
    const { headers, statusCode } = await asked(t, (_request, response) => {
      if (own) response.setHeader('x-own', 'yes');
      writeHead(response, 201, withLines());
      response.end('ok');
    });
    t.equal(statusCode, 201);
    t.match(headers, { ...LEFT, 'content-type': 'text/plain', 'content-length': '2', date: String });
    t.equal(headers['x-own'], own ? 'yes' : undefined);
  }
});

t.test('headers without lines are as Node writes them, and a copy keeps the lines', async (t) => {
  const plain = await asked(t, (_request, response) => {
    writeHead(response, 200, { 'content-length': 0 });
    response.end();
  });
  t.equal(plain.headers['x-left'], undefined);
  const copied = await asked(t, (_request, response) => {
    writeHead(response, 200, { ...withLines() });
    response.end('ok');
  });
  t.match(copied.headers, LEFT);
  t.strictSame(Object.keys(withLines()), ['content-type', 'content-length'], 'and shows none');
});

t.test('a response of another kind gets the same as headers', async (t) => {
  const server = http2.createServer((_request, response) => {
    writeHead(response as never, 200, withLines());
    response.end('ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.teardown(() => {
    client.destroy();
    server.close();
  });
  const [headers] = (await once(client.request(), 'response')) as [object];
  t.match(headers, LEFT);
});

t.test('lines can be read as headers', (t) => {
  t.strictSame(headersIn(LINES), LEFT);
  t.strictSame(headersIn(''), {});
  t.end();
});

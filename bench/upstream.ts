// The upstream that every peer is measured with: speaks OpenAI's chat completions and Anthropic's messages, and counts
// requests and disconnects.
// `node upstream.ts` prints its port; GET /stats returns the counters.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { microseconds } from './clock.ts';
import { askedFor } from './upstream/ask.ts';
import * as chat from './upstream/chat.ts';
import * as messages from './upstream/messages.ts';

const stats = { requests: 0, bytes: 0, aborted: 0, inflight: 0 };
const server = createServer({ keepAliveTimeout: 60_000 }, answer);
server.listen(0, '127.0.0.1', 4096, () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(address.port);
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.method === 'POST') return generate(request, response);
  if (request.url === '/stats') return json(response, stats);
  if (request.url === '/v1/models')
    return json(response, { object: 'list', data: [{ id: 'bench-model', object: 'model' }] });
  json(response, { status: 'ok' });
}

function generate(request: IncomingMessage, response: ServerResponse): void {
  const received = microseconds();
  const parts: Buffer[] = [];
  let complete = false;
  stats.requests += 1;
  stats.inflight += 1;
  response.once('close', () => {
    stats.inflight -= 1;
    if (!complete) stats.aborted += 1;
  });
  request.on('data', (part: Buffer) => {
    stats.bytes += part.length;
    parts.push(part);
  });
  request.on('end', () => {
    const ask = askedFor(request.headers, parts);
    const { stream, whole } = request.url?.endsWith('/messages') ? messages : chat;
    if (ask.stream)
      return stream(response, ask, received, () => {
        complete = true;
      });
    complete = true;
    whole(response, ask.bytes);
  });
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

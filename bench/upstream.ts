// The upstream that every peer is measured with: speaks OpenAI's chat completions and Anthropic's messages, and counts
// requests and disconnects.
// `node upstream.ts` prints its ports, without and with TLS; GET /stats returns the counters.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { microseconds } from './clock.ts';
import { CERTIFICATE, KEY } from './certificate.ts';
import { askedFor } from './upstream/ask.ts';
import * as chat from './upstream/chat.ts';
import * as messages from './upstream/messages.ts';

const stats = { requests: 0, bytes: 0, aborted: 0, inflight: 0 };
const settings = { keepAliveTimeout: 60_000 };
const [key, cert] = [readFileSync(KEY), readFileSync(CERTIFICATE)];
const ports = await Promise.all([
  portOf(createServer(settings, answer)),
  portOf(createSecureServer({ ...settings, key, cert }, answer)),
]);
console.log(ports.join(' '));

async function portOf(server: Server): Promise<number | undefined> {
  await once(server.listen(0, '127.0.0.1', 4096), 'listening');
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : undefined;
}

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

// Stands in for a program that speaks OpenAI. What it does with a request is its first message; with READY in its
// environment it is ready once that file is there.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

const { NAME, PORT, READY } = process.env;
const eaten = [];

const deeds = {
  hang: () => {},
  stall: (response) => response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders(),
  ping: (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': ping\n\n'),
  reset: (response) => response.destroy(),
  cut: (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
    response.write('{', () => response.destroy());
  },
  refuse: (response) => response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":{}}'),
  empty: (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(),
  page: (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>'),
  /** computes for ever beside what answers the probe */
  burn: () => void new Worker('for (;;);', { eval: true }),
  eat: (response, size) => {
    eaten.push(Buffer.alloc(Number(size) * 2 ** 20, 1));
    whole(response);
  },
  say: (response, ...words) => {
    process.stdout.write(`${words.join(' ')}\n`);
    whole(response);
  },
  /** the number of pieces, and the ms between them */
  stream: async (response, pieces, pause) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let nth = 0; nth < Number(pieces); nth++) {
      response.write(event({ delta: { content: `${nth} ` } }));
      await sleep(Number(pause));
    }
    response.end(`${event({ delta: {}, finish_reason: 'stop' })}data: [DONE]\n\n`);
  },
};

createServer(async (request, response) => {
  if (request.method === 'GET') return response.writeHead(!READY || existsSync(READY) ? 200 : 503).end();
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const [deed, ...words] = JSON.parse(Buffer.concat(chunks)).messages[0].content.split(' ');
  await (deeds[deed] ?? whole)(response, ...words);
}).listen(Number(PORT), '127.0.0.1');

function whole(response) {
  const message = { role: 'assistant', content: `${NAME} ${process.pid}` };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({ ...answer('chat.completion'), choices: [{ index: 0, message, finish_reason: 'stop' }] }),
  );
}

function event(choice) {
  const choices = [{ index: 0, finish_reason: null, ...choice }];
  return `data: ${JSON.stringify({ ...answer('chat.completion.chunk'), choices })}\n\n`;
}

function answer(object) {
  return { id: 'x', object, created: 1, model: 'm' };
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const ANSWER = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, finish_reason: 'stop', text: 'hi', message: { role: 'assistant', content: 'hi' } }],
});

/** A received request. */
interface Counted {
  /** its content-length */
  readonly told: string | undefined;
  bytes: number;
}

export interface Counting {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** complete POSTs */
  readonly seen: readonly Counted[];
  close(): void;
}

/** An upstream that counts a body's bytes and discards it: parsing would take longer than what is measured. */
export async function startCounting(): Promise<Counting> {
  const seen: Counted[] = [];
  const server = createServer((request, response) => {
    const one = { told: request.headers['content-length'], bytes: 0 };
    request.on('data', (piece: Buffer) => (one.bytes += piece.length));
    request.once('end', () => {
      if (request.method === 'POST') seen.push(one);
      response.setHeader('content-type', 'application/json').end(ANSWER);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close };
}

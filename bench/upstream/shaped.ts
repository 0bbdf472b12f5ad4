import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What an upstream answers with. */
export interface Shaped {
  readonly type: string;
  readonly body: Buffer;
}

export interface Shaping {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** From now on each POST is answered with this. */
  answer(with_: Shaped): void;
  close(): void;
}

/** An upstream that answers with the bytes that it is given. */
export async function startShaping(): Promise<Shaping> {
  let now: Shaped = { type: 'application/json', body: Buffer.from('{}') };
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.setHeader('content-type', now.type).end(now.body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: (next) => void (now = next),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

import type { Transport } from '../../../../core/contracts/index.ts';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import { http1Transport } from '../../../../plugins/transports/http1/transport.ts';

export const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
export const GOES_ON = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n';

/** Our client, closed when the test ends. */
export function opened(t: Test, now?: () => number): Transport {
  const transport = http1Transport(now);
  t.teardown(() => transport.close());
  return transport;
}

/** Node's own server. @returns its port */
export async function nodeServer(
  t: Test,
  host: string | undefined,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<number> {
  const server = createServer(answer).listen(0, host);
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

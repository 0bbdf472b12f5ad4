import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Test } from 'tap';

export interface RawServer {
  readonly origin: string;
  readonly port: number;
  /** all requests so far: as they came, byte for byte */
  readonly requests: readonly string[];
  /** every connection that was ever accepted */
  readonly sockets: readonly Socket[];
}

/** Speaks no HTTP of its own: whenever a request is there, `answer` says what is to be written. */
export async function rawServer(
  t: Test,
  answer: (socket: Socket, request: string) => void,
): Promise<RawServer> {
  const requests: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    let come = '';
    socket.on('data', (chunk) => {
      come += chunk.toString('latin1');
      for (let end = endOf(come); end > 0; end = endOf(come)) {
        const request = come.slice(0, end);
        come = come.slice(end);
        requests.push(request);
        answer(socket, request);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, port, requests, sockets };
}

/** Where the first request in a text ends; 0: it has not come yet. */
function endOf(text: string): number {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return 0;
  const length = Number(/^content-length: (\d+)/im.exec(text.slice(0, head))?.[1] ?? 0);
  const end = head + 4 + length;
  return text.length >= end ? end : 0;
}

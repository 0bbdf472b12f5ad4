import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Test } from 'tap';
import { testCertificate } from '../../../upstream/tls.ts';

export interface RawServer {
  readonly origin: string;
  readonly port: number;
  /** all requests so far: as they came, byte for byte */
  readonly requests: readonly string[];
  /** every connection that was ever accepted */
  readonly sockets: readonly Socket[];
}

/**
 * Speaks no HTTP of its own: whenever a request is there, `answer` says what is to be written.
 * @param begun called for each read, before it is parsed
 */
export async function rawServer(
  t: Test,
  answer: (socket: Socket, request: string) => void,
  { tls = false, begun = () => {} }: { tls?: boolean; begun?: (socket: Socket, nth: number) => void } = {},
): Promise<RawServer> {
  const requests: string[] = [];
  const sockets: Socket[] = [];
  const accept = (socket: Socket): void => {
    sockets.push(socket);
    socket.on('error', () => {});
    let come = '';
    let answered = 0;
    /** an active request is not parsed again before it may be whole */
    let wanted = 0;
    socket.on('data', (chunk) => {
      begun(socket, answered + 1);
      come += chunk.toString('latin1');
      if (come.length < wanted) return;
      for (let end = endOf(come); end > 0; end = endOf(come)) {
        const request = come.slice(0, end);
        come = come.slice(end);
        requests.push(request);
        answered++;
        answer(socket, request);
      }
      wanted = lengthOf(come);
    });
  };
  const server = tls
    ? createTlsServer({ noDelay: true, ...testCertificate() }, accept)
    : createServer({ noDelay: true }, accept);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { origin: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, port, requests, sockets };
}

/** Where the first request in a text ends; 0: it has not come yet. */
function endOf(text: string): number {
  const end = lengthOf(text);
  return text.length >= end ? end : 0;
}

/** How long the first request in a text is; 0: its head is not whole. */
function lengthOf(text: string): number {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return 0;
  return head + 4 + Number(/^content-length: (\d+)/im.exec(text.slice(0, head))?.[1] ?? 0);
}

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Upstream } from './upstream.ts';

/** What came over the wire, to the byte, and how the connection ended: `end` is a FIN, a code is an error's. */
export interface Wire {
  readonly socket: Socket;
  /** What came so far. */
  text(): string;
  /** How often something came. */
  pieces(): number;
  readonly closed: Promise<'end' | (string & {})>;
}

/** Posts JSON over a plain socket that is closed after one answer, for tests that have to see the bytes themselves. */
export async function overTheWire(
  upstream: Upstream,
  body: object,
  path = '/chat/completions',
): Promise<Wire> {
  const socket = connect(upstream.port, '127.0.0.1');
  await once(socket, 'connect');
  const pieces: Buffer[] = [];
  const { promise, resolve } = Promise.withResolvers<string>();
  socket
    .on('data', (piece: Buffer) => pieces.push(piece))
    .once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    .once('end', () => resolve('end'));
  socket.write(head(new URL(upstream.url + path).pathname, JSON.stringify(body)));
  return {
    socket,
    text: () => Buffer.concat(pieces).toString(),
    pieces: () => pieces.length,
    closed: promise,
  };
}

function head(path: string, body: string): string {
  const length = Buffer.byteLength(body);
  const headers = [
    'host: upstream',
    'connection: close',
    'content-type: application/json',
    `content-length: ${length}`,
  ];
  return [`POST ${path} HTTP/1.1`, ...headers, '', body].join('\r\n');
}

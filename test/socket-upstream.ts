import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Test } from 'tap';
import { WebSocket, WebSocketServer, type RawData } from 'ws';

/** One WebSocket that an upstream has accepted. */
export interface Accepted {
  readonly request: IncomingMessage;
  readonly socket: WebSocket;
  readonly connection: Socket;
  readonly messages: string[];
  /** the n-th message, from 1 */
  message(n: number): Promise<string>;
  /** how it was closed, once it is */
  readonly closed: Promise<readonly [code: number, reason: string]>;
}

export interface SocketUpstream {
  readonly url: string;
  /** handshakes, refused ones included */
  readonly handshakes: IncomingMessage[];
  /** the first handshake: `left` when its connection is closed */
  asked(): Promise<{ readonly left: Promise<void> }>;
  /** the n-th that was accepted, from 1 */
  accepted(n?: number): Promise<Accepted>;
  close(): Promise<void>;
}

export interface SocketUpstreamOptions {
  /** what is done with each message; absent: nothing */
  readonly answer?: (message: string, accepted: Accepted) => void;
  /** It answers no handshake. */
  readonly isSilent?: boolean;
  /** Answers a handshake with this status instead; undefined: accepts it. */
  readonly refuse?: (nth: number) => number | undefined;
}

/** A real server on loopback that speaks WebSocket, and lists no models. */
export async function startSocketUpstream(
  t: Test,
  { answer, refuse, isSilent }: SocketUpstreamOptions = {},
): Promise<SocketUpstream> {
  const all: Accepted[] = [];
  const handshakes: IncomingMessage[] = [];
  const lefts: Promise<void>[] = [];
  const waiting: (() => void)[] = [];
  const tell = (): void => waiting.splice(0).forEach((go) => go());
  const until = async (is: () => boolean): Promise<void> => {
    while (!is()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const server = createServer((_request, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has('realtime') ? 'realtime' : false),
  });
  server.on('upgrade', (request: IncomingMessage, connection: Socket, head: Buffer) => {
    handshakes.push(request);
    connection.on('error', () => undefined);
    lefts.push(new Promise((resolve) => connection.once('close', () => resolve())));
    if (isSilent) {
      connection.resume().once('end', () => connection.end());
      return tell();
    }
    const status = refuse?.(handshakes.length);
    tell();
    if (status !== undefined) {
      const body = JSON.stringify({ error: { message: 'not here', type: 'x', code: 'no' } });
      const type = 'content-type: application/json\r\nconnection: close';
      return void connection.end(
        `HTTP/1.1 ${status} No\r\n${type}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
    }
    sockets.handleUpgrade(request, connection, head, (socket) => {
      const messages: string[] = [];
      const accepted: Accepted = {
        request,
        socket,
        connection,
        messages,
        message: async (n) => {
          await until(() => messages.length >= n);
          return messages[n - 1] as string;
        },
        closed: closeOf(socket),
      };
      all.push(accepted);
      socket.on('error', () => undefined);
      socket.on('message', (data: RawData) => {
        const message = (data as Buffer).toString();
        messages.push(message);
        tell();
        answer?.(message, accepted);
      });
      tell();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    for (const { socket } of all) socket.terminate();
    server.closeAllConnections();
    server.close();
  };
  t.teardown(close);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    handshakes,
    asked: async () => {
      await until(() => lefts.length > 0);
      return { left: lefts[0] as Promise<void> };
    },
    accepted: async (n = 1) => {
      await until(() => all.length >= n);
      return all[n - 1] as Accepted;
    },
    close,
  };
}

const closeOf = (socket: WebSocket): Accepted['closed'] =>
  new Promise((resolve) => {
    socket.once('close', (code: number, reason: Buffer) => resolve([code, reason.toString()]));
  });

/** A client's WebSocket: what came, and how it ended. */
export interface Client {
  readonly socket: WebSocket;
  readonly messages: string[];
  message(n: number): Promise<string>;
  /** once it is open: the headers of the answer to its handshake */
  readonly opened: Promise<IncomingMessage['headers']>;
  readonly closed: Promise<readonly [code: number, reason: string]>;
  /** the status and body of an answer that is no WebSocket */
  readonly refused: Promise<{ readonly status: number; readonly body: string }>;
}

export function openSocket(
  t: Test,
  url: string,
  options: { readonly headers?: Record<string, string>; readonly protocols?: string[] } = {},
): Client {
  const { headers = {}, protocols = [] } = options;
  const socket = new WebSocket(url.replace(/^http/, 'ws'), protocols, { headers });
  t.teardown(() => socket.terminate());
  const messages: string[] = [];
  const waiting: (() => void)[] = [];
  socket.on('error', () => undefined);
  socket.on('message', (data: RawData) => {
    messages.push((data as Buffer).toString());
    waiting.splice(0).forEach((go) => go());
  });
  const opened = new Promise<IncomingMessage['headers']>((resolve) => {
    socket.once('upgrade', ({ headers: answered }: IncomingMessage) =>
      socket.once('open', () => resolve(answered)),
    );
  });
  const refused = new Promise<{ status: number; body: string }>((resolve) => {
    socket.once('unexpected-response', (_request: unknown, response: IncomingMessage) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.once('close', () => resolve({ status: response.statusCode ?? 0, body }));
    });
  });
  return {
    socket,
    messages,
    message: async (n) => {
      while (messages.length < n) await new Promise<void>((resolve) => waiting.push(resolve));
      return messages[n - 1] as string;
    },
    opened,
    closed: closeOf(socket),
    refused,
  };
}

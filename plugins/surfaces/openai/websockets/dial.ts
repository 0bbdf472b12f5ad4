import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { connect, isIP, type NetConnectOpts, type Socket } from 'node:net';
import { connect as connectSecurely, type ConnectionOptions } from 'node:tls';
import type { ClientOptions, RawData } from 'ws';
import type { OutboundProxies, OutboundProxy, UpstreamRequest } from '../../../../core/contracts/index.ts';
import { connectThrough } from '../../../../kits/transport-kit/index.ts';
import { End, type Closing } from './end.ts';
import { ws } from './ws.ts';

/** Events of an upstream's WebSocket, in this order: connected, then refused, lost or open; then messages, and closed. */
export interface Dialled {
  connected(): void;
  /** It answered with another status than 101. */
  refused(response: IncomingMessage): void;
  /** No connection was made, or no handshake. */
  lost(error: Error): void;
  open(end: End, headers: IncomingHttpHeaders, protocol: string): void;
  message(message: Buffer, isBinary: boolean): void;
  closed(closing: Closing): void;
}

export interface Dialling {
  readonly proxies: OutboundProxies;
  readonly request: UpstreamRequest;
  /** subprotocols to offer */
  readonly protocols: readonly string[];
  /** bytes of the longest message */
  readonly longest: number;
}

/** @returns ends it, in any state */
export function dial({ request, protocols, longest, proxies }: Dialling, dialled: Dialled): () => void {
  const { origin, path, headers } = request;
  const socket = new (ws().WebSocket)(origin.replace(/^http/, 'ws') + path, [...protocols], {
    headers,
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: longest,
    createConnection: connector(origin, proxies.for(origin), dialled),
  } as ClientOptions);
  let head: IncomingMessage | undefined;
  let isOver = false;
  let failure: Error | undefined;
  socket.on('upgrade', (response: IncomingMessage) => (head = response));
  socket.on('unexpected-response', (_request: unknown, response: IncomingMessage) => {
    if (isOver) return void response.destroy();
    isOver = true;
    dialled.refused(response);
  });
  let isOpen = false;
  socket.on('open', () => {
    if (isOver) return;
    isOpen = true;
    dialled.open(new End(socket, head?.socket as Socket), head?.headers ?? {}, socket.protocol);
  });
  socket.on('error', (error: Error) => {
    failure = error;
    if (isOpen || isOver) return;
    isOver = true;
    dialled.lost(error);
  });
  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (!isOver) dialled.message(data as Buffer, isBinary);
  });
  socket.on('close', (code: number, reason: Buffer) => {
    if (isOver) return;
    isOver = true;
    dialled.closed({ code, reason: reason.toString() || (failure?.message ?? '') });
  });
  return () => {
    isOver = true;
    socket.terminate();
  };
}

type Connect = NonNullable<ClientOptions['createConnection']>;
type Given = ConnectionOptions & NetConnectOpts & { readonly host: string };

/** Connects like the library, but reports the connection, and goes through a configured proxy. */
function connector(
  origin: string,
  proxy: OutboundProxy | undefined,
  { connected }: Pick<Dialled, 'connected'>,
): Connect {
  const direct = (given: Given): Socket => {
    const options = { ...given, path: undefined };
    const { servername = isIP(given.host) ? '' : given.host } = given;
    const connection = origin.startsWith('https:')
      ? connectSecurely({ ...options, servername } as ConnectionOptions).once('secureConnect', connected)
      : connect(options as NetConnectOpts).once('connect', connected);
    return connection.setNoDelay(true);
  };
  if (!proxy) return direct as Connect;
  return ((_given: Given, done: (error: Error | null, socket?: Socket) => void): void => {
    const taken = (socket: Socket): void => {
      connected();
      done(null, socket);
    };
    connectThrough(proxy, origin).then(taken, done);
  }) as unknown as Connect;
}

import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Test } from 'tap';

/** A proxy as companies have them: whatever it is asked for, it asks one upstream of ours. */
export interface ForwardProxy {
  readonly url: string;
  /** `CONNECT host:port` and `POST http://host/path`, in the order in which they came */
  readonly asked: string[];
  /** the credentials that were sent */
  readonly credentials: (string | undefined)[];
}

/** @param refuses the status that it answers everything with */
export async function forwardProxy(
  t: Test,
  upstream: { readonly port: number },
  refuses?: number,
): Promise<ForwardProxy> {
  const [asked, credentials]: [string[], (string | undefined)[]] = [[], []];
  const sockets = new Set<Socket>();
  const heard = ({ method, url, headers }: IncomingMessage): void => {
    asked.push(`${method} ${url}`);
    credentials.push(headers['proxy-authorization']);
  };
  const server = createServer((incoming, outgoing) => {
    heard(incoming);
    if (refuses !== undefined) return void outgoing.writeHead(refuses).end();
    const { pathname, search, host } = new URL(incoming.url as string);
    const path = pathname + search;
    const { 'proxy-authorization': _, ...headers } = incoming.headers;
    const asking = request({
      host: '127.0.0.1',
      port: upstream.port,
      method: incoming.method,
      path,
      headers: { ...headers, host },
    });
    asking.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode as number, answer.headers);
      answer.pipe(outgoing);
    });
    asking.on('error', () => outgoing.destroy());
    incoming.pipe(asking);
  });
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    heard(incoming);
    socket.on('error', () => undefined);
    if (refuses !== undefined) return void socket.end(`HTTP/1.1 ${refuses} No\r\n\r\n`);
    const tunnel = connect(upstream.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      tunnel.pipe(socket).pipe(tunnel);
    });
    tunnel.on('error', () => socket.destroy());
    socket.on('close', () => tunnel.destroy());
  });
  server.on('connection', (socket) => sockets.add(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, credentials };
}

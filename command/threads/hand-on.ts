import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { MessageChannel } from 'node:worker_threads';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { request as ask } from '../../wire/node-http.ts';
import type { Link } from './link.ts';
import { Pipe, type Ends } from './pipe.ts';

/** A connection to the main thread for a client of this one. */
function connect(link: Link, client: Socket): Pipe {
  const { port1, port2 } = new MessageChannel();
  const { remoteAddress, remotePort, localAddress, localPort } = client;
  const ends: Ends = { remoteAddress, remotePort, localAddress, localPort };
  link.give('connection', { port: port2, ends }, [port2]);
  return new Pipe(port1, ends);
}

/** In the main thread: connections of clients whose requests other threads hand on. */
export function takeConnections(server: Server) {
  return ({ port, ends }: { port: ConstructorParameters<typeof Pipe>[0]; ends: Ends }): void => {
    server.emit('connection', new Pipe(port, ends));
  };
}

/**
 * Has a request answered by the main thread, as if it had come there.
 * @param body undefined: nothing of it was read
 */
export function handOn(link: Link, request: FastifyRequest, reply: FastifyReply, body?: Buffer): void {
  const { raw } = request;
  const answer = reply.raw;
  reply.hijack();
  const asked = ask({
    createConnection: () => connect(link, raw.socket) as unknown as Duplex,
    method: raw.method,
    path: raw.url,
    headers: without(raw.rawHeaders, EXPECT) as never,
    setHost: false,
  });
  const close = (): void => void asked.destroy();
  answer.once('close', close);
  asked.on('error', () => answer.destroy());
  asked.on('response', (answered) => {
    for (const name of answer.getHeaderNames()) answer.removeHeader(name);
    answer.writeHead(
      answered.statusCode as number,
      answered.statusMessage,
      without(answered.rawHeaders, OWN) as never,
    );
    answer.flushHeaders();
    answered.pipe(answer);
    answered.once('end', () => asked.destroy());
    // What breaks off there breaks off here.
    answered.once('close', () => {
      if (!answered.complete) answer.destroy();
    });
  });
  if (body) asked.end(body);
  else raw.pipe(asked);
}

/** Node has answered it already. */
const EXPECT: ReadonlySet<string> = new Set(['expect']);
/** Of this connection alone. */
const OWN: ReadonlySet<string> = new Set(['transfer-encoding', 'keep-alive']);

function without(rawHeaders: readonly string[], names: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (!names.has((rawHeaders[at] as string).toLowerCase()))
      kept.push(rawHeaders[at] as string, rawHeaders[at + 1] as string);
  return kept;
}

/** Connections that are to become something else are the main thread's from then on. */
export function handUpgradesOn(link: Link, server: Server): void {
  server.removeAllListeners('upgrade');
  server.on('upgrade', ({ method, url, httpVersion, rawHeaders }: IncomingMessage, socket: Socket, head) => {
    const pipe = connect(link, socket);
    const lines = [`${method} ${url} HTTP/${httpVersion}`];
    for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
    pipe.write(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head as Buffer]));
    socket.on('error', () => pipe.destroy());
    pipe.on('error', () => socket.destroy());
    socket.once('close', () => pipe.destroy());
    pipe.once('close', () => socket.destroySoon());
    socket.pipe(pipe).pipe(socket);
  });
}

/**
 * What a thread does not answer itself goes to the main thread: paths that are not in each thread, and each request that
 * would be refused, so that refusals are counted, slowed and told in one place.
 */
export function answersOf(
  link: Link,
  sendError: (thrown: FastifyError, request: FastifyRequest, reply: FastifyReply) => void,
) {
  return (app: FastifyInstance): void => {
    app.setErrorHandler((thrown: FastifyError, request, reply) => {
      const { body } = request;
      if (Buffer.isBuffer(body)) return handOn(link, request, reply, body);
      // Of a body that was begun nothing is left to hand on.
      if (request.raw.readableDidRead) return sendError(thrown, request, reply);
      handOn(link, request, reply);
    });
    app.addHook('onRequest', (request, reply, done) => {
      const { inEachThread } = request.routeOptions.config;
      if (inEachThread === true && !request.is404) return done();
      handOn(link, request, reply);
    });
  };
}

import { Server } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Connections } from '../connections.ts';

/**
 * ms for which connections without a request stay: a client that sends one just then gets an answer, and is told to connect
 * again for the next.
 */
const GRACE = 10_000;
const CHECK_EVERY = 250;

/**
 * Ends this process in the time that its answers need, after a successor has taken over: it accepts no connection, and each
 * answer closes its connection.
 * @param others settles when the other threads have ended in the same way
 */
export async function retire(
  app: FastifyInstance,
  connections: Connections,
  others?: Promise<void>,
): Promise<void> {
  const { server } = app;
  server.prependListener('request', (_request, response) => void (response.shouldKeepAlive = false));
  // Not as an HTTP server closes: that ends idle connections at once, on which a request may be on its way.
  const closed = new Promise<void>((resolve) => Server.prototype.close.call(server, () => resolve()));
  const since = performance.now();
  const closing = setInterval(() => {
    if (performance.now() - since >= GRACE) connections.closeIdle();
  }, CHECK_EVERY);
  await closed;
  await others;
  clearInterval(closing);
  await app.close().catch(() => undefined);
  process.exit(0);
}

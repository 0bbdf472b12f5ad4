import type { FastifyInstance } from 'fastify';
import type { Gateway } from '../../gateway/gateway.ts';
import type { Connections } from '../connections.ts';

/** ms that the end of the gateway may take to reach listeners, and between two checks for idle connections */
const [LAST_WORDS, CHECK_EVERY] = [250, 50];

/** The gateway closes: this thread ends with its last answer. */
export async function closeThread(
  app: FastifyInstance,
  gateway: Gateway,
  connections: Connections,
): Promise<void> {
  const { drain } = gateway.settings.config.server;
  setTimeout(() => {
    gateway.endAll();
    setTimeout(() => app.server.closeAllConnections(), LAST_WORDS);
  }, drain);
  setInterval(() => connections.closeIdle(), CHECK_EVERY);
  await app.close().catch(() => undefined);
  process.exit();
}

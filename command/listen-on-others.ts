import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo, ListenOptions } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { createServer } from '../wire/node-http.ts';

const elsewhere = new WeakSet<Server>();

/** Whether an app listens at more than one address. */
export const listensElsewhere = ({ server }: FastifyInstance): boolean => elsewhere.has(server);

/**
 * `localhost` may be several addresses: Fastify listens on the first alone, for a server that was given to it.
 */
export async function listenOnOthers(
  { server }: FastifyInstance,
  host: string,
  options: Pick<ListenOptions, 'reusePort' | 'backlog'>,
): Promise<void> {
  if (host !== 'localhost') return;
  const { address: own, port } = server.address() as AddressInfo;
  const all = await lookup(host, { all: true }).catch(() => []);
  for (const { address } of all.filter((one) => one.address !== own)) {
    const other = createServer((request, response) => server.emit('request', request, response));
    other.on('clientError', (...args) => server.emit('clientError', ...args));
    server.once('close', () => other.close());
    // An address that is not there is no reason to fail.
    await once(other.listen({ port, host: address, ...options }), 'listening').then(
      () => elsewhere.add(server),
      () => undefined,
    );
  }
}

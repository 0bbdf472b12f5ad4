import type { Socket } from 'node:net';
import type { buildConnector, Pool } from 'undici';
import type { OutboundProxy } from '../../core/contracts/index.ts';
import { proxyError } from './proxy-error.ts';
import { undici } from './undici.ts';

/** A connection to an origin through a proxy, with TLS where the origin has it, for what is no HTTP request of undici's. */
export function connectThrough(proxy: OutboundProxy, origin: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { Pool, ProxyAgent } = undici();
    const agent = new ProxyAgent({
      uri: proxy.uri,
      proxyTunnel: true,
      factory: (to, options: Pool.Options) => {
        const connect = options.connect as buildConnector.connector;
        const take: buildConnector.connector = (wanted, callback) =>
          connect(wanted, (...[error, socket]) => {
            if (error) reject(proxyError(error, proxy));
            else resolve(socket);
            callback(error ?? new Error('the connection is used elsewhere'), null);
          });
        return new Pool(to, { ...options, connect: take });
      },
    });
    // Only what it connects with is wanted of it.
    agent
      .request({ origin, path: '/', method: 'GET' })
      .catch((error: unknown) => reject(proxyError(error as Error, proxy)))
      .finally(() => void agent.close());
  });
}

import type { OutboundProxies, OutboundProxy } from '../../../core/contracts/index.ts';
import type { buildConnector, Dispatcher, Pool } from 'undici';
import { LONGEST_HEAD, proxyError, undici } from '../../../kits/transport-kit/index.ts';

const SETTINGS = {
  headersTimeout: 0,
  bodyTimeout: 0,
  allowH2: false,
  keepAliveTimeout: 4_000,
  maxHeaderSize: LONGEST_HEAD,
} as const;

/** undici's agents for requests passed through: one for origins reached directly, one for each proxy. */
export class Agents {
  readonly #proxies: OutboundProxies;
  #direct: Dispatcher | undefined;
  readonly #proxied = new Map<string, Dispatcher>();

  constructor(proxies: OutboundProxies) {
    this.#proxies = proxies;
  }

  for(origin: string): Dispatcher {
    const proxy = this.#proxies.for(origin);
    if (!proxy) return (this.#direct ??= new (undici().Agent)(SETTINGS));
    let agent = this.#proxied.get(proxy.uri);
    if (!agent) this.#proxied.set(proxy.uri, (agent = through(proxy)));
    return agent;
  }

  async destroy(): Promise<void> {
    await Promise.all([this.#direct, ...this.#proxied.values()].map((agent) => agent?.destroy()));
  }
}

function through(proxy: OutboundProxy): Dispatcher {
  const { Pool, ProxyAgent } = undici();
  return new ProxyAgent({
    ...SETTINGS,
    uri: proxy.uri,
    factory: (origin, options: Pool.Options) => {
      const connect = options.connect as buildConnector.connector;
      return new Pool(origin, {
        ...SETTINGS,
        ...options,
        connect: (wanted, callback) =>
          connect(wanted, (...[error, socket]) =>
            error ? callback(proxyError(error, proxy), null) : callback(null, socket),
          ),
      });
    },
  });
}

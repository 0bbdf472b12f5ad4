import type { FastifyBaseLogger } from 'fastify';
import type {
  CountingTransport,
  GatewayConfig,
  TransportHost,
  TransportPlugin,
} from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { Authorizing } from './authorizing.ts';

interface Given {
  /** by the transport's name */
  readonly options: GatewayConfig['transports'];
  readonly host: Omit<TransportHost, 'log'>;
  readonly log: FastifyBaseLogger;
}

interface Open {
  readonly takes: TransportPlugin['takes'];
  readonly transport: CountingTransport;
}

/**
 * All transports as one: each request goes to the first of them that takes it.
 * @param named the one that the config names
 */
export function openTransports(
  plugins: readonly TransportPlugin[],
  named: TransportPlugin | undefined,
  given: Given,
): CountingTransport {
  const all = inOrder(plugins, named).map((plugin) => open(plugin, given));
  const { proxies } = given.host;
  const find = (origin: string): CountingTransport | undefined => {
    const proxy = proxies.for(origin);
    for (const { takes, transport } of all) if (!takes || takes(origin, proxy)) return transport;
    return undefined;
  };
  return {
    request(request, handler, fresh) {
      const transport = find(request.origin);
      if (!transport) throw new Error('no transport takes requests to it');
      if (!request.authorize) return transport.request(request, handler, fresh);
      return new Authorizing(request, handler, (whole) => transport.request(whole, handler, fresh));
    },
    heard: (origin) => find(origin)?.heard(origin) ?? 0,
    close: async () => void (await Promise.all(all.map(({ transport }) => transport.close()))),
  };
}

/** The transports that can be asked at all: none comes after one that takes everything. */
function inOrder(
  plugins: readonly TransportPlugin[],
  named: TransportPlugin | undefined,
): readonly TransportPlugin[] {
  const special = plugins.filter(({ takes, standard }) => takes && !standard);
  const standard = plugins.filter((plugin) => plugin.standard);
  const all = [...new Set([...(named ? [named] : []), ...special, ...standard])];
  const last = all.findIndex(({ takes }) => !takes);
  return last < 0 ? all : all.slice(0, last + 1);
}

function open({ name, takes, create }: TransportPlugin, { options, host, log }: Given): Open {
  try {
    const lent = { ...host, log: log.child({ plugin: `transport ${name}` }) };
    return { takes, transport: create(options[name] ?? {}, lent) };
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw new Error(`transport ${name} could not be started: ${(error as Error)?.message ?? error}`, {
      cause: error,
    });
  }
}

import type { CountingTransport } from '../../core/contracts/index.ts';
import { http1Transport } from './http1/transport.ts';
import { Proxies } from '../../kits/transport-kit/outbound-proxies.ts';
import { undiciTransport } from './undici/transport.ts';

/** `auto`: plain HTTP without a proxy by our own client, everything else by undici; `undici`: everything by it. */
export type TransportName = 'auto' | 'undici';

export function openTransport(name: TransportName, proxies = new Proxies({})): CountingTransport {
  const undici = undiciTransport(proxies);
  if (name === 'undici') return undici;
  const own = http1Transport();
  const of = (origin: string): CountingTransport =>
    origin.startsWith('http:') && proxies.for(origin) === undefined ? own : undici;
  return {
    request: (request, handler, fresh) => of(request.origin).request(request, handler, fresh),
    heard: (origin) => of(origin).heard(origin),
    async close() {
      await Promise.all([own.close(), undici.close()]);
    },
  };
}

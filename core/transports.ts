import { http1Transport } from './http1/transport.ts';
import { Proxies } from './proxies.ts';
import { undiciTransport, type CountingTransport } from './transport.ts';
import { unpacking } from './unpacking.ts';

/** `auto`: plain HTTP without a proxy by our own client, everything else by undici; `undici`: everything by it. */
export type TransportName = 'auto' | 'undici';

export function openTransport(name: TransportName, proxies = new Proxies({})): CountingTransport {
  const undici = undiciTransport(proxies);
  if (name === 'undici') return unpacking(undici);
  const own = http1Transport();
  const of = (origin: string): CountingTransport =>
    origin.startsWith('http:') && proxies.for(origin) === undefined ? own : undici;
  return unpacking({
    request: (request, handler, fresh) => of(request.origin).request(request, handler, fresh),
    heard: (origin) => of(origin).heard(origin),
    async close() {
      await Promise.all([own.close(), undici.close()]);
    },
  });
}

import { http1Transport } from './http1/transport.ts';
import { undiciTransport, type CountingTransport } from './transport.ts';
import { unpacking } from './unpacking.ts';

/** `auto`: plain HTTP by our own client, everything else by undici; `undici`: everything by it. */
export type TransportName = 'auto' | 'undici';

export function openTransport(name: TransportName): CountingTransport {
  const undici = undiciTransport();
  if (name === 'undici') return unpacking(undici);
  const own = http1Transport();
  return unpacking({
    request: (request, handler, fresh) =>
      (request.origin.startsWith('http:') ? own : undici).request(request, handler, fresh),
    heard: (origin) => (origin.startsWith('http:') ? own : undici).heard(origin),
    async close() {
      await Promise.all([own.close(), undici.close()]);
    },
  });
}

import type { CountingTransport } from '../../../core/contracts/index.ts';
import { Origin } from './origin.ts';

/**
 * HTTP/1.1 directly on TCP or TLS: no streams, no events, no second copy of a byte. It is strict: an answer that two readers could
 * understand differently is refused.
 * @param now ms on the clock by which connections grow old
 */
export function http1Transport(now: () => number = () => performance.now()): CountingTransport {
  const origins = new Map<string, Origin>();
  let isClosed = false;
  return {
    request(request, handler, fresh = false) {
      if (isClosed) throw new Error('the transport is closed');
      const { origin: url } = request;
      let origin = origins.get(url);
      if (!origin) origins.set(url, (origin = new Origin(url, now, () => origins.delete(url))));
      return origin.request(request, handler, fresh);
    },
    heard: (url) => origins.get(url)?.heard ?? 0,
    async close() {
      isClosed = true;
      for (const origin of origins.values()) origin.close();
      origins.clear();
    },
  };
}

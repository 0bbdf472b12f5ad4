import type { TransportPlugin } from '../../../core/contracts/index.ts';
import { http1Transport } from './transport.ts';

/** The gateway's own HTTP/1.1 client: plain HTTP, directly. It knows neither TLS nor proxies. */
export default {
  name: 'http1',
  options: { type: 'object', additionalProperties: false, properties: {} },
  takes: (origin, proxy) => proxy === undefined && origin.startsWith('http:'),
  create: () => http1Transport(),
} satisfies TransportPlugin;

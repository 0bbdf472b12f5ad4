import type { TransportPlugin } from '../../../core/contracts/index.ts';
import { http1Transport } from './transport.ts';

/** The gateway's own HTTP/1.1 client, directly on TCP or TLS. It knows no proxies. */
export default {
  name: 'http1',
  standard: true,
  options: { type: 'object', additionalProperties: false, properties: {} },
  takes: (_, proxy) => proxy === undefined,
  create: () => http1Transport(),
} satisfies TransportPlugin;

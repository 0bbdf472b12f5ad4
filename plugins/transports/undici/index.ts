import type { TransportPlugin } from '../../../core/contracts/index.ts';
import { undiciTransport } from './transport.ts';

/** undici: HTTP/1.1 with TLS and through proxies. It takes what no other transport takes. */
export default {
  name: 'undici',
  standard: true,
  options: { type: 'object', additionalProperties: false, properties: {} },
  create: (_, { proxies }) => undiciTransport(proxies),
} satisfies TransportPlugin;

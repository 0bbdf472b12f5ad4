/** What a transport is written with: proxies, bodies in pieces, and the errors of connections. */
export type {
  CountingTransport,
  Exchange,
  Handler,
  OptionsOf,
  OutboundProxies,
  OutboundProxy,
  Pieces,
  TransportHost,
  TransportPlugin,
  UpstreamRequest,
} from '../../core/contracts/index.ts';
/** A request's body is a buffer or a list of pieces. */
export { lengthOf, slicesOf } from '../../wire/body/pieces.ts';
/** Longer heads of answers are not taken. */
export { LONGEST_HEAD } from './longest-head.ts';
/** Whether a lost connection still held a part of the request, which may then be sent again. */
export { isIncomplete } from './incomplete.ts';
/** The proxies that the environment names, and errors that name the proxy. */
export { Proxies } from './outbound-proxies.ts';
export { errorBehind, proxyError } from './proxy-error.ts';
/** A connection through one of them. */
export { connectThrough } from './connect-through.ts';
/** undici, loaded with its first use. */
export { undici } from './undici.ts';

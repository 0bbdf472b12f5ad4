import { here, type Peer } from '../peer.ts';

/** Fastify with @fastify/http-proxy and nothing else. */
export default {
  name: 'http-proxy',
  launch: ({ node, port, upstream }) => [...node, here('proxies/http-proxy.ts'), String(port), upstream],
} satisfies Peer;

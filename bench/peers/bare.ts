import { here, type Peer } from '../peer.ts';

/** The yardstick: node:http and undici in 40 lines. */
export default {
  name: 'bare',
  launch: ({ node, port, upstream }) => [...node, here('proxies/bare.ts'), String(port), upstream],
} satisfies Peer;

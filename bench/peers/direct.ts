import type { Peer } from '../peer.ts';

/** No gateway at all: what the load and the upstream cost each other. */
export default { name: 'direct' } satisfies Peer;

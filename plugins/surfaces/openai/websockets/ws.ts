import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The library, loaded with its first use: most gateways take no WebSocket. */
export const ws = (): typeof import('ws') => require('ws') as typeof import('ws');

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** undici, loaded with its first use: most gateways have no proxy in front of them, and start faster without it. */
export const undici = (): typeof import('undici') =>
  (loaded ??= require('undici') as typeof import('undici'));

let loaded: typeof import('undici') | undefined;

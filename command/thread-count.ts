import { availableParallelism } from 'node:os';
import type { GatewayConfig } from '../core/contracts/index.ts';
import { GatewayError } from '../core/errors.ts';

/** Kernels that spread the connections of a port over the sockets that listen on it. Others give all to one. */
const SPREADS: ReadonlySet<string> = new Set(['linux', 'freebsd']);

/** @throws GatewayError `config_invalid`: more than this system can */
export function threadCount({ threads }: Pick<GatewayConfig['server'], 'threads'>): number {
  const isAble = SPREADS.has(process.platform);
  if (threads === 'auto') return isAble ? availableParallelism() : 1;
  if (threads === 1 || isAble) return threads;
  throw new GatewayError(
    'config_invalid',
    `server.threads: ${process.platform} gives all connections of a port to one thread; allowed here: 1 or 'auto'`,
  );
}

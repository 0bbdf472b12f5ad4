import type { Gateway } from '../core/contracts/index.ts';
import { isatty } from 'node:tty';
import type { FastifyInstance } from 'fastify';
import { reload } from './reload.ts';

/**
 * SIGHUP reads the config again, as for other servers; at a terminal it means that the terminal was closed, and `close`
 * is called.
 */
export function onHangup(app: FastifyInstance, gateway: Gateway, close: () => void): void {
  // Checked now: a closed terminal no longer counts as one.
  const atTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
  process.on('SIGHUP', () => (atTerminal ? close() : void reload(gateway, app.log, 'SIGHUP')));
}

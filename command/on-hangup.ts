import type { Gateway } from '../core/contracts/index.ts';
import { isatty } from 'node:tty';
import type { FastifyInstance } from 'fastify';

/**
 * SIGHUP reads the config again, as for other servers; at a terminal it means that the terminal was closed, and `close`
 * is called.
 */
export function onHangup(app: FastifyInstance, gateway: Gateway, close: () => void): void {
  // Checked now: a closed terminal no longer counts as one.
  const atTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
  process.on('SIGHUP', () => (atTerminal ? close() : void readAgain(app, gateway)));
}

async function readAgain({ log }: FastifyInstance, gateway: Gateway): Promise<void> {
  if (gateway.closing) return;
  try {
    const { file, changed, restart } = await gateway.settings.reload();
    const told = changed.length === 0 ? 'nothing has changed' : `${changed.join(', ')} changed`;
    if (restart.length === 0) log.info(`SIGHUP: ${file} was reloaded: ${told}`);
    else log.warn(`SIGHUP: ${file} was reloaded: ${told}; a restart is needed for ${restart.join(', ')}`);
  } catch (error) {
    log.warn(`SIGHUP: ${(error as Error).message}`);
  }
}

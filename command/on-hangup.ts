import { isatty } from 'node:tty';
import type { FastifyInstance } from 'fastify';
import { reload } from '../core/reload.ts';
import type { Yard } from '../core/yard.ts';

/**
 * SIGHUP reads the config again, as it does for other servers; only at a terminal does it mean that the terminal was
 * closed, and `close` is called.
 */
export function onHangup(app: FastifyInstance, yard: Yard, close: () => void): void {
  // Now, for a terminal that has been closed is none any more.
  const atTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
  process.on('SIGHUP', () => (atTerminal ? close() : void readAgain(app, yard)));
}

async function readAgain({ log }: FastifyInstance, yard: Yard): Promise<void> {
  if (yard.closing) return;
  try {
    const { file, changed, restart } = await reload(yard);
    const told = changed.length === 0 ? 'nothing has changed' : `${changed.join(', ')} changed`;
    if (restart.length === 0) log.info(`SIGHUP: ${file} was read again: ${told}`);
    else log.warn(`SIGHUP: ${file} was read again: ${told}; a restart is needed for ${restart.join(', ')}`);
  } catch (error) {
    log.warn(`SIGHUP: ${(error as Error).message}`);
  }
}

import type { FastifyInstance } from 'fastify';
import type { Gateway } from '../gateway/gateway.ts';
import type { Connections } from './connections.ts';
import { onHangup } from './on-hangup.ts';

/** Signals within this time (ms) count as one. */
const ONE_SIGNAL = 500;
/** ms that events of the gateway's end have to reach listeners */
const LAST_WORDS = 250;
/** ms between two checks for idle connections, which Node makes only once. */
const CHECK_EVERY = 50;

/** The other threads of the gateway. */
export interface OtherThreads {
  close(): Promise<void>;
  endNow(): void;
}

/**
 * Ctrl-C and SIGTERM: the gateway takes no new requests, active answers have `drain` ms to end, then everything is
 * closed, local processes included. A second signal closes at once. A dead launcher or terminal counts as a signal.
 */
export function closeInGoodOrder(
  app: FastifyInstance,
  gateway: Gateway,
  connections: Connections,
  threads?: OtherThreads,
): void {
  /** when it began, on the clock of `performance.now()`; 0: not yet */
  let closing = 0;
  const endAll = (): void => {
    gateway.endAll();
    threads?.endNow();
    setTimeout(() => app.server.closeAllConnections(), LAST_WORDS);
  };
  const close = async (why: string): Promise<void> => {
    // A signal to the whole group arrives twice, once by way of the launcher: that is not a second one.
    if (closing > 0) return performance.now() - closing < ONE_SIGNAL ? undefined : endAll();
    closing = performance.now();
    const { drain } = gateway.settings.config.server;
    app.log.info(`${why}: closing; running answers have ${drain / 1000} s to finish`);
    const enough = setTimeout(endAll, drain);
    const checking = setInterval(() => connections.closeIdle(), CHECK_EVERY);
    try {
      // Reports of the other threads about their last requests still arrive.
      await threads?.close();
      await app.close();
    } finally {
      clearTimeout(enough);
      clearInterval(checking);
      process.exit();
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void close(`received ${signal}`));
  onHangup(app, gateway, () => void close('SIGHUP came'));
  watchLauncher(() => void close('the process that started the gateway ended'));
}

function watchLauncher(gone: () => void): void {
  const launcher = Number(process.env.SWITCHYARD_LAUNCHER);
  // The launcher of a successor is the parent of the process before it.
  const isThere = (): boolean => process.ppid === launcher || isAlive(launcher);
  if (!launcher || !isThere()) return;
  const checking = setInterval(() => {
    if (isThere()) return;
    clearInterval(checking);
    gone();
  }, 1_000);
  checking.unref();
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

import type { FastifyInstance } from 'fastify';

/**
 * Ctrl-C and SIGTERM: nothing new comes in, running answers have `drain` ms to end, then everything is closed, local
 * processes among it. A second signal does not wait. When the launcher is gone without a word, it is the same.
 */
export function closeInGoodOrder(app: FastifyInstance, drain: number): void {
  let closing = false;
  const close = async (why: string): Promise<void> => {
    if (closing) return app.server.closeAllConnections();
    closing = true;
    app.log.info(`${why}: running answers have ${drain / 1000} s to end`);
    const enough = setTimeout(() => app.server.closeAllConnections(), drain);
    try {
      await app.close();
    } finally {
      clearTimeout(enough);
      process.exit();
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void close(`${signal} came`));
  watchLauncher(() => void close('what started the gateway is gone'));
}

function watchLauncher(gone: () => void): void {
  const launcher = Number(process.env.SWITCHYARD_LAUNCHER);
  if (!launcher || process.ppid !== launcher) return;
  const look = setInterval(() => {
    if (process.ppid === launcher) return;
    clearInterval(look);
    gone();
  }, 1_000);
  look.unref();
}

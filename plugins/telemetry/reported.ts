import type { FastifyBaseLogger } from 'fastify';
import type { Signal } from './settings.ts';

interface Result {
  readonly code: number;
  readonly error?: Error;
}

interface Exporter<Items> {
  export(items: Items, done: (result: Result) => void): void;
}

/** Logs once that a collector refuses data, and once that it accepts data again. */
export function reported<Items, Of extends Exporter<Items>>(
  exporter: Of,
  signal: Signal,
  log: FastifyBaseLogger,
): Of {
  let fails = false;
  const send = exporter.export.bind(exporter);
  exporter.export = (items, done) =>
    send(items, (result) => {
      const failed = result.code !== 0;
      if (failed && !fails)
        log.warn(`${signal} could not be sent: ${result.error?.message ?? 'no reason is known'}`);
      if (!failed && fails) log.info(`${signal} are sent again`);
      fails = failed;
      done(result);
    });
  return exporter;
}

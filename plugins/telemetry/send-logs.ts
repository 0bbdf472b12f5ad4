import { tracingChannel } from 'node:diagnostics_channel';
import type { Resource } from '@opentelemetry/resources';
import pino from 'pino';
import type { Host } from '../../core/contracts/index.ts';
import { exporterOptions } from './exporter-options.ts';
import { loadLogs } from './packages.ts';
import { reported } from './reported.ts';
import { numberIn, type Destination } from './settings.ts';

interface Line {
  readonly level: number;
  readonly time: number;
  readonly msg?: string;
  readonly plugin?: string;
  readonly id?: string;
  readonly err?: { readonly type?: string; readonly message?: string; readonly stack?: string };
}

/** pino's own: published for each line of each of its loggers in the process */
const lines = tracingChannel('pino_asJson');

/** The gateway's log. In an app that embeds the gateway, that is the app's. @returns sends the rest */
export async function sendLogs(
  { env, log }: Host,
  resource: Resource,
  destination: Destination,
): Promise<() => Promise<void>> {
  const { sdk, exporter } = await loadLogs(destination);
  const provider = new sdk.LoggerProvider({
    resource,
    processors: [
      new sdk.BatchLogRecordProcessor({
        exporter: reported(new exporter.OTLPLogExporter(exporterOptions(destination)), 'logs', log),
        scheduledDelayMillis: numberIn(env.OTEL_BLRP_SCHEDULE_DELAY) ?? 1_000,
        exportTimeoutMillis: numberIn(env.OTEL_BLRP_EXPORT_TIMEOUT) ?? 30_000,
        maxQueueSize: numberIn(env.OTEL_BLRP_MAX_QUEUE_SIZE) ?? 2_048,
        maxExportBatchSize: numberIn(env.OTEL_BLRP_MAX_EXPORT_BATCH_SIZE) ?? 512,
      }),
    ],
  });
  const logger = provider.getLogger('switchyard');
  const stream = streamOf(log);
  const write = (message: unknown): void => {
    const { instance, result } = message as { instance: unknown; result?: unknown };
    if (typeof result !== 'string' || streamOf(instance) !== stream) return;
    const { level, time, msg = '', plugin, id, err } = JSON.parse(result) as Line;
    const { severityText, severityNumber } = severityOf(level);
    logger.emit({
      timestamp: time,
      severityText,
      severityNumber,
      body: msg,
      attributes: {
        ...(plugin !== undefined && { 'switchyard.plugin': plugin }),
        ...(id !== undefined && { 'switchyard.request.id': id }),
        ...(err?.type !== undefined && { 'exception.type': err.type }),
        ...(err?.message !== undefined && { 'exception.message': err.message }),
        ...(err?.stack !== undefined && { 'exception.stacktrace': err.stack }),
      },
    });
  };
  if (stream) lines.end.subscribe(write);
  else log.warn('logs are not sent: the app that embeds the gateway does not log with pino');
  return async () => {
    lines.end.unsubscribe(write);
    await provider.shutdown();
  };
}

/** The stream of a logger, which its children share. */
const streamOf = (logger: unknown): unknown =>
  (logger as { readonly [pino.symbols.streamSym]?: unknown })[pino.symbols.streamSym];

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;

/** OpenTelemetry counts in fours from 1, and pino in tens from 10. */
function severityOf(level: number) {
  const at = Math.min(LEVELS.length, Math.max(1, Math.round(level / 10))) - 1;
  return { severityText: LEVELS[at] as string, severityNumber: at * 4 + 1 };
}

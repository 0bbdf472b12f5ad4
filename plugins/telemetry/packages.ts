import { GatewayError } from '../../core/errors.ts';
import type { Destination } from './settings.ts';

/** The packages that all signals need. */
export const loadBase = () =>
  loaded(async () => ({
    api: await import('@opentelemetry/api'),
    resources: await import('@opentelemetry/resources'),
  }));

export const loadTraces = ({ format }: Destination) =>
  loaded(async () => ({
    sdk: await import('@opentelemetry/sdk-trace'),
    exporter: await (format === 'json'
      ? import('@opentelemetry/exporter-trace-otlp-http')
      : import('@opentelemetry/exporter-trace-otlp-proto')),
  }));

export const loadMetrics = ({ format }: Destination) =>
  loaded(async () => ({
    sdk: await import('@opentelemetry/sdk-metrics'),
    exporter: await (format === 'json'
      ? import('@opentelemetry/exporter-metrics-otlp-http')
      : import('@opentelemetry/exporter-metrics-otlp-proto')),
  }));

export const loadLogs = ({ format }: Destination) =>
  loaded(async () => ({
    sdk: await import('@opentelemetry/sdk-logs'),
    exporter: await (format === 'json'
      ? import('@opentelemetry/exporter-logs-otlp-http')
      : import('@opentelemetry/exporter-logs-otlp-proto')),
  }));

async function loaded<Packages>(load: () => Promise<Packages>): Promise<Packages> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new GatewayError(
      'config_invalid',
      'OTEL_* is set, and the packages of OpenTelemetry are not installed: run `npm install --include=optional` in the folder of the gateway, or set OTEL_SDK_DISABLED=true',
      { cause: error },
    );
  }
}

export type Base = Awaited<ReturnType<typeof loadBase>>;

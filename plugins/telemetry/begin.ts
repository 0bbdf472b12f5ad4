import { randomUUID } from 'node:crypto';
import type { Host } from '../../core/contracts/index.ts';
import { loadBase, type Base } from './packages.ts';
import { sendLogs } from './send-logs.ts';
import { sendMetrics } from './send-metrics.ts';
import { sendTraces } from './send-traces.ts';
import { pairsIn, type TelemetrySettings } from './settings.ts';

/** Begins to send each signal that has a destination. @returns for each signal: sends the rest, and ends */
export async function begin(
  host: Host,
  { destinations }: TelemetrySettings,
): Promise<(() => Promise<void>)[]> {
  const { traces, metrics, logs } = destinations;
  if (!traces && !metrics && !logs) return [];
  const base = await loadBase();
  const resource = resourceOf(base, host);
  const ends = await Promise.all([
    traces && sendTraces(host, base, resource, traces),
    metrics && sendMetrics(host, resource, metrics),
    logs && sendLogs(host, resource, logs),
  ]);
  const urls = Object.entries(destinations).map(([signal, { url }]) => `${signal} to ${withoutUser(url)}`);
  host.log.info(`OpenTelemetry: ${urls.join(', ')}`);
  return ends.filter((end) => end !== undefined);
}

/** The resource of all signals. */
function resourceOf({ resources }: Base, { env }: Host) {
  const named = env.OTEL_SERVICE_NAME?.trim();
  return resources.defaultResource().merge(
    resources.resourceFromAttributes({
      'service.name': 'switchyard',
      'service.instance.id': randomUUID(),
      ...pairsIn(env.OTEL_RESOURCE_ATTRIBUTES),
      ...(named && { 'service.name': named }),
    }),
  );
}

/** A URL may have a password. */
function withoutUser(text: string): string {
  const { origin, pathname } = new URL(text);
  return origin + pathname;
}

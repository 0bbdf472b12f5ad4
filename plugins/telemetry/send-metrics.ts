import type { Attributes, Meter } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { Host, Target } from '../../core/contracts/index.ts';
import { targetNames } from '../../kits/feature-kit/index.ts';
import { exporterOptions } from './exporter-options.ts';
import { answering, attemptError, operationOf, providerAttributes, requestError } from './gen-ai.ts';
import { loadMetrics } from './packages.ts';
import { reported } from './reported.ts';
import { numberIn, type Destination } from './settings.ts';

/** Upper bounds in seconds and in tokens, as the conventions have them; those of times go on to ten minutes. */
const SECONDS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 163.84, 327.68,
  655.36,
];
const FIRST_TOKEN = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60,
];
const TOKENS = [
  1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];

/** Metrics of requests (`gen_ai.server.*`) and of their attempts (`gen_ai.client.*`). @returns sends the rest */
export async function sendMetrics(
  { events, env, log, gateway }: Host,
  resource: Resource,
  destination: Destination,
): Promise<() => Promise<void>> {
  const { sdk, exporter } = await loadMetrics(destination);
  const options = { ...exporterOptions(destination), ...temporality(env, sdk.AggregationTemporality) };
  const exportIntervalMillis = numberIn(env.OTEL_METRIC_EXPORT_INTERVAL) || 60_000;
  const reader = new sdk.PeriodicExportingMetricReader({
    exporter: reported(new exporter.OTLPMetricExporter(options), 'metrics', log),
    exportIntervalMillis,
    exportTimeoutMillis: Math.min(exportIntervalMillis, numberIn(env.OTEL_METRIC_EXPORT_TIMEOUT) || 30_000),
  });
  const provider = new sdk.MeterProvider({ resource, readers: [reader] });
  const { operations, tokens, requests, firstTokens } = histogramsOf(provider.getMeter('switchyard'));
  const nameOf = targetNames(gateway.settings);
  /** Names that callers make up make no series of their own. */
  const modelOf = (target: Target): string => (nameOf(target) === target.id ? target.model : '*');

  events.onEnd(({ trace, route }) => {
    const operation = { 'gen_ai.operation.name': operationOf(trace.surface) };
    const ofTarget = (target: Target): Attributes => ({
      ...operation,
      ...providerAttributes(target.provider),
      'gen_ai.request.model': modelOf(target),
      'gen_ai.response.model': modelOf(target),
    });
    for (const attempt of trace.attempts) {
      const { startedUs, endedUs = startedUs, target, usage } = attempt;
      operations.record((endedUs - startedUs) / 1e6, {
        ...ofTarget(target),
        ...failed(attemptError(attempt)),
      });
      if (!usage) continue;
      tokens.record(usage.prompt, { ...ofTarget(target), 'gen_ai.token.type': 'input' });
      tokens.record(usage.completion, { ...ofTarget(target), 'gen_ai.token.type': 'output' });
    }
    const answered = answering(trace);
    const asked = {
      ...operation,
      'gen_ai.request.model': route.name,
      ...(answered && {
        'gen_ai.provider.name': providerAttributes(answered.target.provider)['gen_ai.provider.name'],
        'gen_ai.response.model': modelOf(answered.target),
      }),
    };
    requests.record((trace.endedUs ?? 0) / 1e6, { ...asked, ...failed(requestError(trace)) });
    if (trace.stream && trace.committedUs !== undefined && trace.ending !== 'refused')
      firstTokens.record(trace.committedUs / 1e6, asked);
  });
  return () => provider.shutdown();
}

function histogramsOf(meter: Meter) {
  const histogram = (name: string, unit: string, description: string, explicitBucketBoundaries: number[]) =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries } });
  return {
    operations: histogram('gen_ai.client.operation.duration', 's', 'Attempts at a provider.', SECONDS),
    tokens: histogram('gen_ai.client.token.usage', '{token}', 'Tokens of requests.', TOKENS),
    requests: histogram('gen_ai.server.request.duration', 's', 'Requests, as callers see them.', SECONDS),
    firstTokens: histogram(
      'gen_ai.server.time_to_first_token',
      's',
      'From a request until its first content went to the caller.',
      FIRST_TOKEN,
    ),
  };
}

const failed = (error: string | undefined): Attributes =>
  error === undefined ? {} : { 'error.type': error };

/** `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE`; cumulative where it does not say delta. */
function temporality<Delta>(env: Host['env'], { DELTA }: { readonly DELTA: Delta }) {
  const wanted = env.OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE?.trim().toLowerCase();
  return wanted === 'delta' ? { temporalityPreference: DELTA } : {};
}

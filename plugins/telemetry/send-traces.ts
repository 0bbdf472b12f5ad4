import type { Resource } from '@opentelemetry/resources';
import type { Context, Host, Trace } from '../../core/contracts/index.ts';
import { exporterOptions } from './exporter-options.ts';
import { loadTraces, type Base } from './packages.ts';
import { reported } from './reported.ts';
import { RequestIds } from './request-ids.ts';
import { RequestSpans } from './request-spans.ts';
import { samplerFrom } from './sampling.ts';
import { numberIn, type Destination } from './settings.ts';
import { newSpanId, newTraceId, parentIn, traceparentOf } from './trace-context.ts';

/** Spans of requests; upstreams get the span of their attempt. @returns sends the rest */
export async function sendTraces(
  { events, env, log }: Host,
  { api }: Base,
  resource: Resource,
  destination: Destination,
): Promise<() => Promise<void>> {
  const { sdk, exporter } = await loadTraces(destination);
  const prepared = { traceId: '', spanId: '' };
  const provider = new sdk.TracerProvider({
    resource,
    // Whether a trace is sampled is known before its spans are made: those of others are not made.
    sampler: new sdk.AlwaysOnSampler(),
    idGenerator: {
      generateTraceId: () => prepared.traceId || newTraceId(),
      generateSpanId: () => {
        const id = prepared.spanId || newSpanId();
        prepared.spanId = '';
        return id;
      },
    },
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: reported(new exporter.OTLPTraceExporter(exporterOptions(destination)), 'traces', log),
        scheduledDelayMillis: numberIn(env.OTEL_BSP_SCHEDULE_DELAY) ?? 5_000,
        exportTimeoutMillis: numberIn(env.OTEL_BSP_EXPORT_TIMEOUT) ?? 30_000,
        maxQueueSize: numberIn(env.OTEL_BSP_MAX_QUEUE_SIZE) ?? 2_048,
        maxExportBatchSize: numberIn(env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE) ?? 512,
      }),
    ],
  });
  const spans = new RequestSpans({
    api,
    tracer: provider.getTracer('switchyard'),
    useId: (spanId) => (prepared.spanId = spanId),
  });
  const sample = samplerFrom(env);
  const known = new WeakMap<Trace, RequestIds>();
  const idsOf = ({ trace, call }: Context): RequestIds => {
    let ids = known.get(trace);
    if (!ids) known.set(trace, (ids = new RequestIds(parentIn(call.headers), sample)));
    return ids;
  };
  events.onSend((request, attempt, context) => {
    const ids = idsOf(context);
    request.headers.traceparent = traceparentOf(ids.traceId, ids.spanOf(attempt), ids.isSampled);
    // It is the state of a trace that the request does not belong to.
    if (!ids.parent) delete request.headers.tracestate;
  });
  events.onEnd((context) => {
    const ids = idsOf(context);
    if (!ids.isSampled) return;
    prepared.traceId = ids.traceId;
    spans.make(context, ids);
  });
  return () => provider.shutdown();
}

/** A collector: takes OTLP over HTTP as JSON and as protobuf, and keeps what it was sent. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { Test } from 'tap';
import { decodeOtlp } from './otlp-protobuf.ts';

type Attributes = Readonly<Record<string, unknown>>;

export interface SentSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  /** ns since 1970 */
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Attributes;
  readonly status: number;
}

export interface SentPoint {
  readonly name: string;
  readonly unit: string;
  readonly attributes: Attributes;
  readonly count: number;
  readonly sum: number;
}

export interface SentLog {
  readonly body: unknown;
  readonly severity: string;
  readonly attributes: Attributes;
}

export interface Collector {
  readonly url: string;
  readonly requests: {
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    readonly bytes: Buffer;
  }[];
  readonly spans: SentSpan[];
  readonly points: SentPoint[];
  readonly logs: SentLog[];
  /** of the latest request */
  resource: Attributes;
  /** what it answers with */
  status: number;
  /** Waits until it was sent something that fits. */
  until<Found>(find: (collector: Collector) => Found | undefined | false): Promise<Found>;
}

// oxlint-disable-next-line typescript/no-explicit-any -- a decoded message, of which tests assert the shape
type Message = any;

export async function startCollector(t: Test): Promise<Collector> {
  const waiting = new Set<() => void>();
  const collector: Collector = {
    url: '',
    requests: [],
    spans: [],
    points: [],
    logs: [],
    resource: {},
    status: 200,
    until: (find) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = find(collector);
          if (found === undefined || found === false) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
  const server = createServer(async (request, response) => {
    const sent = await buffer(request);
    const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    const { url: path = '', headers } = request;
    collector.requests.push({ path, headers, bytes });
    if (collector.status === 200) take(collector, read(path, headers, bytes));
    response
      .writeHead(collector.status, { 'content-type': headers['content-type'] })
      .end(headers['content-type'] === 'application/json' ? '{}' : '');
    for (const look of waiting) look();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return Object.assign(collector, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

function read(path: string, headers: IncomingHttpHeaders, bytes: Buffer): Message {
  if (headers['content-type'] === 'application/json') return JSON.parse(bytes.toString());
  return decodeOtlp(path.split('/').at(-1) as 'traces' | 'metrics' | 'logs', bytes);
}

function take(collector: Collector, message: Message): void {
  for (const { resource, scopeSpans = [] } of message.resourceSpans ?? []) {
    collector.resource = attributesOf(resource.attributes);
    for (const { spans } of scopeSpans) collector.spans.push(...spans.map(spanOf));
  }
  for (const { resource, scopeMetrics = [] } of message.resourceMetrics ?? []) {
    collector.resource = attributesOf(resource.attributes);
    for (const { metrics } of scopeMetrics)
      for (const { name, unit, histogram } of metrics)
        collector.points.push(
          ...(histogram?.dataPoints ?? []).map(({ attributes, count, sum }: Message) => ({
            name,
            unit,
            attributes: attributesOf(attributes),
            count: Number(count),
            sum,
          })),
        );
  }
  for (const { resource, scopeLogs = [] } of message.resourceLogs ?? []) {
    collector.resource = attributesOf(resource.attributes);
    for (const { logRecords } of scopeLogs)
      for (const { body, severityText, attributes } of logRecords)
        collector.logs.push({
          body: valueOf(body),
          severity: severityText,
          attributes: attributesOf(attributes),
        });
  }
}

function spanOf(span: Message): SentSpan {
  return {
    name: span.name,
    kind: span.kind,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    traceState: span.traceState ?? '',
    start: BigInt(span.startTimeUnixNano),
    end: BigInt(span.endTimeUnixNano),
    attributes: attributesOf(span.attributes),
    status: span.status?.code ?? 0,
  };
}

const attributesOf = (list: Message[] = []): Attributes =>
  Object.fromEntries(list.map(({ key, value }) => [key, valueOf(value)]));

function valueOf(value: Message): unknown {
  if (value?.intValue !== undefined) return Number(value.intValue);
  if (value?.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(valueOf);
  return value?.stringValue ?? value?.boolValue ?? value?.doubleValue;
}

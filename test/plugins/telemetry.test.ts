import { registerHooks } from 'node:module';
import t, { type Test } from 'tap';
import { openLab, type Lab, type LabParts } from '../lab.ts';
import { startCollector, type Collector, type SentSpan } from '../otlp-collector.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const SOON = {
  OTEL_BSP_SCHEDULE_DELAY: '10',
  OTEL_BLRP_SCHEDULE_DELAY: '10',
  OTEL_METRIC_EXPORT_INTERVAL: '50',
};

interface Watched extends Lab {
  readonly collector: Collector;
}

async function watched(t: Test, env: Record<string, string> = {}, parts: LabParts = {}): Promise<Watched> {
  const collector = await startCollector(t);
  const all = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...SOON, ...env };
  const lab = await openLab(t, { ...parts, injected: { ...parts.injected, env: all } });
  return { ...lab, collector };
}

const spansOf = ({ spans }: Collector, count: number): SentSpan[] | false =>
  spans.length >= count && [...spans];
const named = (spans: readonly SentSpan[], name: string): SentSpan[] =>
  spans.filter((one) => one.name === name);

for (const protocol of ['http/protobuf', 'http/json']) {
  t.test(`traces, metrics and logs reach a collector by ${protocol}`, async (t) => {
    const { switchyard, collector, asked } = await watched(t, {
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-team=a%20team',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_SERVICE_NAME: 'my gateway',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,service.name=another',
    });
    const { headers, status } = await switchyard.chat(
      { stream: true },
      { headers: { traceparent: `00-${TRACE}-${CALLER}-01`, tracestate: 'vendor=1' } },
    );
    t.equal(status, 200);
    const spans = await collector.until((one) => spansOf(one, 3));
    const server = spans.find(({ kind }) => kind === 2) as SentSpan;
    const client = spans.find(({ kind }) => kind === 3) as SentSpan;
    const [first] = named(spans, 'first token') as [SentSpan];

    t.same(
      spans.map(({ traceId }) => traceId),
      [TRACE, TRACE, TRACE],
    );
    t.equal(server.parentSpanId, CALLER);
    t.equal(server.traceState, 'vendor=1');
    t.equal(client.parentSpanId, server.spanId);
    t.equal(first.parentSpanId, client.spanId);
    t.same([server.name, client.name], ['chat m', 'chat m']);
    t.ok(server.start <= client.start && client.start <= first.end && first.end <= client.end);
    t.ok(client.end <= server.end);

    // The upstream is told the span of its attempt.
    const [received] = asked();
    t.equal(received?.headers.traceparent, `00-${TRACE}-${client.spanId}-01`);
    t.equal(received?.headers.tracestate, 'vendor=1');

    const { usage } = await switchyard.trace(headers['x-switchyard-request-id']);
    t.match(server.attributes, {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'm',
      'gen_ai.response.model': 'm',
      'gen_ai.provider.name': 'lab',
      'gen_ai.request.stream': true,
      'http.response.status_code': 200,
      'switchyard.request.id': headers['x-switchyard-request-id'],
      'switchyard.ending': 'complete',
      'switchyard.attempts': 1,
    });
    t.match(client.attributes, {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'm',
      'gen_ai.usage.input_tokens': usage.prompt,
      'gen_ai.usage.output_tokens': usage.completion,
      'server.address': '127.0.0.1',
      'switchyard.outcome': 'answered',
    });
    t.type(client.attributes['gen_ai.response.time_to_first_chunk'], 'number');

    const points = await collector.until((one) => one.points.length > 0 && one.points);
    for (const name of [
      'gen_ai.client.operation.duration',
      'gen_ai.server.request.duration',
      'gen_ai.server.time_to_first_token',
    ])
      t.match(
        points.find((point) => point.name === name),
        { unit: 's', count: 1, attributes: { 'gen_ai.operation.name': 'chat' } },
        name,
      );
    for (const [type, sum] of [
      ['input', usage.prompt],
      ['output', usage.completion],
    ])
      t.ok(
        points.some(
          (point) =>
            point.name === 'gen_ai.client.token.usage' &&
            point.attributes['gen_ai.token.type'] === type &&
            point.sum === sum,
        ),
        `tokens of ${type}`,
      );

    switchyard.app.log.warn('a line of the log');
    const line = await collector.until(({ logs }) => logs.find(({ body }) => body === 'a line of the log'));
    t.equal(line.severity, 'WARN');

    t.match(collector.resource, { 'service.name': 'my gateway', 'deployment.environment.name': 'test' });
    t.same(
      new Set(collector.requests.map(({ path }) => path)),
      new Set(['/v1/traces', '/v1/metrics', '/v1/logs']),
    );
    t.ok(collector.requests.every(({ headers: sent }) => sent['x-team'] === 'a team'));
  });
}

t.test('each attempt, and what was waited for, is a span; a failed attempt says why', async (t) => {
  const { upstream, switchyard, collector, asked } = await watched(
    t,
    {},
    { config: { retry: { again: 1 } } },
  );
  upstream.behaveOnce('status-500');
  t.equal((await switchyard.chat()).status, 200);
  const spans = await collector.until((one) => spansOf(one, 4));
  const server = spans.find(({ kind }) => kind === 2) as SentSpan;
  const attempts = spans.filter(({ kind }) => kind === 3);
  t.equal(attempts.length, 2);
  t.equal(named(spans, 'waiting')[0]?.parentSpanId, server.spanId);
  t.match(attempts[0], {
    status: 2,
    attributes: { 'error.type': 'upstream_status', 'switchyard.outcome': 'failed' },
  });
  t.match(attempts[1], { status: 0, attributes: { 'switchyard.outcome': 'answered' } });
  t.notOk('gen_ai.usage.input_tokens' in (attempts[0] as SentSpan).attributes);
  t.equal(server.status, 0, 'the request was answered');
  t.same(
    asked().map(({ headers }) => String(headers.traceparent).split('-')[2]),
    attempts.map(({ spanId }) => spanId),
  );
});

t.test('a request that fails is an error; no prompt, no answer and no key is in what is sent', async (t) => {
  const { upstream, switchyard, collector } = await watched(t, {
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  });
  upstream.behaveOnce('status-500');
  const messages = [{ role: 'user', content: 'a secret prompt' }];
  await switchyard.chat({ messages }, { headers: { authorization: 'Bearer a-secret-key' } });
  await switchyard.chat({ messages });
  const spans = await collector.until((one) => spansOf(one, 4));
  t.match(
    spans.find(({ kind, status }) => kind === 2 && status === 2),
    { attributes: { 'error.type': 'upstream_status', 'switchyard.ending': 'refused' } },
  );
  const sent = collector.requests.map(({ bytes }) => bytes.toString()).join();
  t.notMatch(sent, /a secret prompt|a-secret-key|upstream-key/);
});

t.test('what an attempt has cost stands at its span, where prices are known', async (t) => {
  const config = { auth: { prices: { '*': { input: 1, output: 1 } } } };
  const { switchyard, collector } = await watched(t, {}, { config });
  await switchyard.chat();
  const spans = await collector.until((one) => spansOf(one, 2));
  const { attributes } = spans.find(({ kind }) => kind === 3) as SentSpan;
  const tokens = ['input', 'output'].map((type) => Number(attributes[`gen_ai.usage.${type}_tokens`]));
  t.equal(attributes['switchyard.cost'], tokens.reduce((sum, count) => sum + count) / 1e6);
});

t.test('sampling: a trace that is not sampled is passed on, and not sent', async (t) => {
  const { switchyard, collector, asked } = await watched(t);
  await switchyard.chat({}, { headers: { traceparent: `00-${TRACE}-${CALLER}-00` } });
  await switchyard.chat();
  const spans = await collector.until((one) => spansOf(one, 2));
  t.ok(spans.every(({ traceId }) => traceId !== TRACE));
  const [unsampled, own] = asked().map(({ headers }) => String(headers.traceparent));
  t.match(unsampled, new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
  t.match(own, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);

  const off = await watched(t, { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' });
  await off.switchyard.chat();
  t.match(off.asked()[0]?.headers.traceparent, /-00$/);
});

t.test(
  'a traceparent that is not valid begins a trace of its own, without the state of another',
  async (t) => {
    const { switchyard, asked } = await watched(t);
    for (const traceparent of [`00-${'0'.repeat(32)}-${CALLER}-01`, `ff-${TRACE}-${CALLER}-01`, 'nonsense']) {
      await switchyard.chat({}, { headers: { traceparent, tracestate: 'vendor=1' } });
      const { headers } = asked().at(-1) as { headers: Record<string, unknown> };
      t.match(headers.traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      t.notMatch(headers.traceparent, CALLER);
      t.equal(headers.tracestate, undefined);
    }
  },
);

t.test('names that callers make up make no series', async (t) => {
  const { switchyard, collector } = await watched(t);
  for (let at = 0; at < 50; at++) await switchyard.chat({ model: `made-up-${at}` });
  await collector.until(({ points }) =>
    points.find(({ name, count }) => name === 'gen_ai.server.request.duration' && count === 50),
  );
  const models = new Set(collector.points.map(({ attributes }) => attributes['gen_ai.request.model']));
  t.same(models, new Set(['*']));
});

t.test('without OTEL_*, headers pass as they came and no package of it is loaded', async (t) => {
  const loaded: string[] = [];
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier.startsWith('@opentelemetry/')) loaded.push(specifier);
      return next(specifier, context);
    },
  });
  t.teardown(() => hooks.deregister());
  for (const env of [
    {},
    { OTEL_SERVICE_NAME: 'x' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_SDK_DISABLED: 'true' },
  ]) {
    const { switchyard, asked } = await openLab(t, { injected: { env } });
    const sent = { traceparent: `00-${TRACE}-${CALLER}-01`, tracestate: 'vendor=1' };
    await switchyard.chat({}, { headers: sent });
    t.match(asked().at(-1)?.headers, sent);
  }
  t.same(loaded, []);
});

t.test('missing packages are reported, with the remedy; requests are answered', async (t) => {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (!specifier.startsWith('@opentelemetry/')) return next(specifier, context);
      throw Object.assign(new Error(`Cannot find package '${specifier}'`), { code: 'ERR_MODULE_NOT_FOUND' });
    },
  });
  t.teardown(() => hooks.deregister());
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };
  const { switchyard } = await openLab(t, { injected: { env } });
  t.ok(switchyard.log.some((line) => line.includes('npm install --include=optional')));
  t.equal((await switchyard.chat()).status, 200);
});

t.test(
  'a collector that refuses is told in the log once, and so is a protocol that is not supported',
  async (t) => {
    const { switchyard, collector } = await watched(t, {
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
    });
    collector.status = 400;
    const told = () => switchyard.log.filter((line) => line.includes('traces could not be sent'));
    await switchyard.chat();
    await collector.until(({ requests }) => requests.length === 1);
    await switchyard.chat();
    await collector.until(({ requests }) => requests.length === 2);
    collector.status = 200;
    await switchyard.chat();
    await collector.until((one) => spansOf(one, 2));
    t.equal(told().length, 1);

    const grpc = await openLab(t, {
      injected: { env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' } },
    });
    t.ok(grpc.switchyard.log.some((line) => line.includes("OTEL_EXPORTER_OTLP_PROTOCOL is 'grpc'")));
  },
);

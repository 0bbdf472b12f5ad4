// JSON load: autocannon, a fixed number of requests, latencies in microseconds (its own histogram counts whole milliseconds).
import autocannon from 'autocannon';
import { partsBody, requestBody } from './bodies.ts';
import { keyOf } from './key-of.ts';
import { spread } from './spread.ts';
import { serve } from './serve.ts';
import type { JsonResult, JsonWork } from './work.ts';

serve(
  async ({
    url,
    limit,
    connections,
    amount,
    bytes,
    model,
    inParts,
    answer,
    keys = 1,
  }: JsonWork & { url: string; limit: number }): Promise<JsonResult> => {
    const latencies: number[] = [];
    let nth = 0;
    const started = performance.now();
    let last = started;
    const run = autocannon({
      url: `${url}/v1/chat/completions`,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${keyOf(0)}`,
        ...(answer && { 'x-bench-bytes': String(answer) }),
      },
      body: inParts ? partsBody(bytes, model) : requestBody(bytes, model),
      ...(keys > 1 && {
        requests: [
          {
            setupRequest: (request) => {
              const authorization = `Bearer ${keyOf(nth++ % keys)}`;
              return { ...request, headers: { ...request.headers, authorization } };
            },
          },
        ],
      }),
      connections,
      amount,
      timeout: 30,
      sampleInt: 50,
    });
    run.on('response', (_client, status, _bytes, ms) => {
      last = performance.now();
      if (status >= 200 && status < 300) latencies.push(ms * 1e3);
    });
    const late = setTimeout(() => run.stop(), limit);
    await run;
    clearTimeout(late);
    const { p50, p99 } = spread(latencies);
    return {
      answered: latencies.length,
      failed: amount - latencies.length,
      rate: latencies.length / ((last - started) / 1e3),
      p50,
      p99,
    };
  },
);

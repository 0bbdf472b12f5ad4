import type { Test } from 'tap';
import { startUpstream, type Upstream } from '../../upstream/upstream.ts';
import { ask, json, spread, startThreads, type Threaded } from './gateway.ts';

interface Health {
  readonly threads: {
    readonly wanted: number;
    readonly running: number;
    readonly lost: number;
    readonly last_lost: { readonly why: string } | null;
  };
}

const lab = (baseUrl: string, more: object) => ({
  use: 'openai-compatible',
  baseUrl,
  ...more,
});

/** A gateway with two threads, and one upstream as two providers. */
export async function begin(t: Test, more: Record<string, unknown> = {}, flags: readonly string[] = []) {
  const upstream = await startUpstream({ interval: 0, text: ['one ', 'two '] });
  t.teardown(() => upstream.close());
  const providers = {
    lab: lab(upstream.url, { concurrency: 8, models: { m: 'm' } }),
    other: lab(upstream.url, { models: { n: 'n' } }),
  };
  const config = { providers, ...more };
  return { upstream, gateway: await startThreads(t, config, {}, flags) };
}

/** Requests that have begun to be answered, and whose ends are held. */
export function hold(t: Test, upstream: Upstream, behaviour: 'slow-finish' | 'slow-first-byte'): void {
  const held = Promise.withResolvers<void>();
  t.teardown(() => held.resolve());
  upstream.behave(behaviour, { until: held.promise });
}

/** All is as if the thread had never been there, but for what is told of it. */
export async function isWhole(t: Test, { url }: Threaded, why: RegExp): Promise<void> {
  for (;;) {
    const { threads } = await json<Health>(`${url}/health`);
    if (threads.running < 2) continue;
    t.match(threads, { wanted: 2, running: 2, lost: 1, last_lost: { why } });
    break;
  }
  const metrics = await (await ask(`${url}/metrics`)).body.text();
  t.match(metrics, /^switchyard_threads 2$/m);
  t.match(metrics, /^switchyard_threads_lost_total 1$/m);
  t.match(metrics, /^switchyard_inflight\{provider="lab"\} 0$/m);
  t.match(metrics, /^switchyard_waiting\{provider="lab"\} 0$/m);
  const all = await spread(url, 30);
  t.same(new Set(all.map(({ status }) => status)), new Set([200]));
  t.equal(new Set(all.map(({ thread }) => thread === '0')).size, 2, 'both threads answer');
}

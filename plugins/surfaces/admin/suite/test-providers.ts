import { PassThrough } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Host, Upstream } from '../../../../core/contracts/index.ts';
import { frame } from '../../../../wire/sse/event.ts';
import type { Result, TestRun } from '../answers/test-run.ts';
import { readSuiteOptions, type SuiteOptions } from './options.ts';
import { CHECK_NAMES, run, type Report } from './run.ts';
import { Subject } from './subject.ts';

/**
 * Tests providers through the gateway's own path, each pinned. Answers JSON when all is done. A client that accepts
 * `text/event-stream` gets the list of providers first, then each check as it ends, and the result last.
 * @param name the one provider that the path names
 * @throws GatewayError `invalid_request`, `provider_not_found`
 */
export function testProviders(
  request: FastifyRequest,
  reply: FastifyReply,
  host: Host,
  name?: string,
): Promise<TestRun> | FastifyReply {
  const options = readSuiteOptions(request, name);
  const { headers } = request;
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const subjects = meant(options, host).map(
    (upstream) => new Subject({ host, upstream, options, headers, signal: gone.signal }),
  );
  const test = async (report: Report): Promise<TestRun> => summary(await run(subjects, report));
  if (!/\btext\/event-stream\b/.test(headers.accept ?? '')) return test(() => undefined);
  const events = new PassThrough();
  const tell = (event: string, data: unknown) => events.write(frame({ event, data: JSON.stringify(data) }));
  tell('begin', { providers: subjects.map((subject) => subject.name), checks: CHECK_NAMES });
  test((provider, checked) => tell('check', { provider, ...checked })).then(
    (done) => {
      tell('done', done);
      events.end();
    },
    (error: Error) => events.destroy(error),
  );
  reply.headers({ 'cache-control': 'no-cache', 'x-accel-buffering': 'no' });
  return reply.type('text/event-stream; charset=utf-8').send(events);
}

const summary = (providers: readonly Result[]): TestRun => ({
  ok: providers.every(({ ok }) => ok),
  providers,
});

/** The named providers; without names, all that take requests. */
function meant({ providers }: SuiteOptions, { gateway }: Host): Upstream[] {
  if (providers) return [...new Set(providers.map((name) => gateway.upstreams.named(name)))];
  const all = [...gateway.upstreams.values()].filter(({ dormant }) => !dormant);
  const regular = all.filter(({ provider, process }) => !provider.lastResort || process?.state === 'healthy');
  return regular.length > 0 ? regular : all;
}

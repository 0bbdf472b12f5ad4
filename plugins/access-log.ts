import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FeaturePlugin } from '../core/contracts/index.ts';
import { GatewayError } from '../core/errors.ts';
import { isRefusal } from '../kits/feature-kit/index.ts';
import type { RouteAccess } from '../kits/surface-kit/index.ts';
import { modelLine, otherLine, type Failed } from './access-log/line.ts';
import { options, type AccessLogOptions } from './access-log/options.ts';
import { redacted } from './access-log/redacted.ts';
import { RollingFile } from './access-log/rolling-file.ts';

/** A line of JSON for each request for a model, each that is refused, each that is passed through and each that changes something. */
export default {
  name: 'access-log',
  inEachThread: false,
  options,
  async create({ enabled, file, rotate, redact }, { app, events, date, log }) {
    if (!enabled) return;
    const { pino } = await import('pino');
    const rolling =
      file === undefined
        ? undefined
        : new RollingFile({ file, ...rotate, date, say: (text) => log.warn(text) });
    const lines = pino(
      {
        base: null,
        timestamp: false,
        formatters: { level: (level) => ({ level }) },
      },
      rolling ?? process.stdout,
    );
    events.onEnd((context) => lines.info(redacted(modelLine(context), redact)));

    const failures = new WeakMap<FastifyRequest, Failed>();
    app.addHook('onError', (request, _reply, error, done) => {
      const code = error instanceof GatewayError ? error.code : 'unreadable';
      failures.set(request, { code, message: error.message });
      done();
    });
    app.addHook('onResponse', (request, reply, done) => {
      const failed = failures.get(request);
      if (failed || isLogged(request, reply))
        lines.info(redacted(otherLine(request, reply, date(), failed), redact));
      done();
    });
    return { close: () => rolling?.flush() };
  },
} satisfies FeaturePlugin<AccessLogOptions>;

/**
 * It was passed through to a provider, or has changed something of the gateway. Reads of the management API are not logged.
 */
function isLogged({ method, routeOptions }: FastifyRequest, reply: FastifyReply): boolean {
  const { forCallers }: RouteAccess = routeOptions.config;
  if (forCallers) return reply.hasHeader('x-switchyard-request-id');
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS' && !isRefusal(reply.statusCode);
}

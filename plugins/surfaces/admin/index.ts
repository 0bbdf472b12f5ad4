import type { Berth } from '../../../core/berth.ts';
import { redact } from '../../../core/config/redact.ts';
import type { FeaturePlugin, Host } from '../../../core/contracts.ts';

/** What the dashboard, the command and scripts ask: `GET /health`, `/providers`, `/config`. Nothing here changes anything yet. */
export default {
  name: 'admin',
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, host) {
    const { app, yard, config, schema } = host;
    app.get('/health', (_request, reply) => {
      const providers = [...yard.berths.values()].map((berth) => ({
        name: berth.provider.name,
        ...standing(berth, host),
      }));
      const ready = providers.some(({ out }) => out.every((reason) => reason === 'stopped'));
      return reply.code(ready ? 200 : 503).send({
        status: ready ? 'healthy' : 'unhealthy',
        service: 'switchyard',
        timestamp: Date.now() / 1000,
        providers,
      });
    });
    app.get('/providers', () => ({
      providers: [...yard.berths.values()].map((berth) => described(berth, host)),
    }));
    app.get('/config', () => redact(config, schema));
  },
} satisfies FeaturePlugin;

/** Why it is out as a whole, if it is. */
function standing(berth: Berth, { now }: Host): { state: string; out: string[] } {
  const out = [...berth.blocks].filter(([, { until }]) => until > now()).map(([reason]) => reason);
  return { state: berth.process?.state ?? (out.length === 0 ? 'available' : 'blocked'), out };
}

function described(berth: Berth, host: Host): Record<string, unknown> {
  const { name, surfaces, models, concurrency, lastResort = false } = berth.provider;
  return {
    name,
    ...standing(berth, host),
    surfaces,
    models: models ?? (berth.listed ? [...berth.listed] : 'any'),
    concurrency: concurrency ?? null,
    lastResort,
    targets: [...berth.targets].map((target) => ({
      target: target.id,
      inflight: target.inflight,
      latency: Math.round(target.latency),
      ttft: Math.round(target.ttft),
      errorRate: Math.round(target.errorRate * 1000) / 1000,
      blocks: Object.fromEntries(
        [...target.blocks(host.now())].map(([reason, { until, detail }]) => [
          reason,
          { until: Number.isFinite(until) ? new Date(until).toISOString() : null, detail },
        ]),
      ),
    })),
    ...(berth.process ? { process: berth.process.describe() } : {}),
  };
}

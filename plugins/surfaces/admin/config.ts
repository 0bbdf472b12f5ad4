import { redact } from '../../../config/redact.ts';
import type { Host, Upstream } from '../../../core/contracts/index.ts';
import { standing } from '../../../kits/feature-kit/index.ts';
import { originOf } from '../../../kits/process-kit/index.ts';
import { tagged } from './if-match.ts';
import { statsOf } from './stats.ts';
import { upSince, type Watch } from './vitals.ts';

/** `GET /config`: the config in force, without secrets; and the members that the first version had. */
export function configView(host: Host, watch: Watch): void {
  const { app, strategies } = host;
  const { settings } = host.gateway;
  app.get('/config', tagged(host.gateway), () => ({
    ...redact(settings.config, settings.schema),
    overrides: redact(settings.overrides.value, settings.schema),
    gateway_port: portOf(app) ?? settings.config.server.port,
    load_balancing_strategies: strategies.map(({ name }) => name),
    current_strategy: settings.strategy().strategy.use,
    service_registry: {
      services: Object.fromEntries(
        [...host.gateway.upstreams].map(([name, upstream]) => [name, service(upstream, host, watch)]),
      ),
      stats: statsOf(host),
    },
    timestamp: Date.now() / 1000,
  }));
}

function service(upstream: Upstream, host: Host, watch: Watch) {
  const { name, process: spec, basePath } = upstream.provider;
  const { uptime: _, ...vitals } = watch.vitals(upstream, host);
  const origin = spec && vitals.port !== null ? originOf(spec.host, vitals.port) : undefined;
  const since = upSince(upstream, host);
  const { command, cwd } = upstream.process?.launch ?? {};
  return {
    name,
    service_type: spec?.source?.toolchain ?? (spec ? 'process' : 'remote'),
    status: standing(upstream, host.gateway.upstreams, host.now()).status,
    health_endpoint: origin ? origin + spec!.probe.path : null,
    api_endpoint: origin ? `${origin}${basePath}/chat/completions` : null,
    start_command: command?.join(' ') ?? null,
    working_directory: cwd ?? null,
    ...vitals,
    uptime_start: since === undefined ? null : since / 1000,
    version: '1.0.0',
  };
}

/** The port the gateway listens on, which the config need not name. */
function portOf({ server }: Host['app']): number | undefined {
  const address = server.address();
  return typeof address === 'object' ? address?.port : undefined;
}

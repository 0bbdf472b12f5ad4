import type { FastifyRequest } from 'fastify';
import type { Call, Dialect, Host, Target } from '../../../core/contracts/index.ts';
import type { Unsent } from '../../../kits/feature-kit/answers.ts';
import { GatewayError } from '../../../core/errors.ts';
import type { Candidate, DryRun } from './answers/balancing.ts';
import { describeTarget } from './describe-target.ts';
import { dryRun, translationFor } from '../../../kits/surface-kit/index.ts';

/**
 * `GET /route?model=M[&provider=P][&surface=chat]`: what the gateway would do with a request that came now. Nothing is
 * sent or started, and the strategy's state does not change.
 */
export function dryRunRoute(host: Host): void {
  const { app } = host;
  app.get('/route', (request) => explainRoute(request, host));
}

function explainRoute(request: FastifyRequest, host: Host): Unsent<DryRun> {
  const { gateway } = host;
  const { model, provider, surface } = readQuery(request, host);
  const route = gateway.models.route(model, surface, provider);
  const dialect = (gateway.formats.dialects.get(surface) ?? { surface }) as Dialect;
  const call = adaptCall(model, surface);
  const { pick, waits, error, notes } = dryRun(
    { route, call, dialect, log: request.log },
    {
      now: host.now,
      process: ({ provider: { name } }) => gateway.upstreams.get(name)?.process,
      timeouts: (...of) => gateway.timeouts(...of),
    },
  );
  return {
    model,
    surface,
    route: route.name,
    strategy: route.strategyName,
    ...(route.pinned === undefined ? {} : { provider: route.pinned }),
    candidates: route.targets.map((target) => describeCandidate(target, surface, host)),
    pick: pick?.id ?? null,
    ...(waits === undefined ? {} : { waits }),
    ...(error ? { error: { code: error.code, status: error.statusCode, message: error.message } } : {}),
    remarks: notes.flatMap(({ remark }) => (remark === undefined ? [] : [remark])),
  };
}

function describeCandidate(target: Target, surface: string, host: Host): Unsent<Candidate> {
  const { latencyMs, ttftMs, errorRate, isFull: full } = target;
  const translated = translationFor(target, surface, host.gateway.formats)?.name;
  return {
    ...describeTarget(target, host),
    latency: Math.round(latencyMs),
    ttft: Math.round(ttftMs),
    errorRate: Math.round(errorRate * 1000) / 1000,
    full,
    ...(translated === undefined ? {} : { translated }),
  };
}

interface DryRunQuery {
  readonly model: string;
  readonly provider: string | undefined;
  readonly surface: string;
}

function readQuery({ query }: FastifyRequest, { gateway }: Host): DryRunQuery {
  const { model, provider, surface = 'chat', ...others } = query as Record<string, unknown>;
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw invalid(other, `there is no query parameter '${other}' here; there are: model, provider, surface`);
  for (const [name, value] of Object.entries({ model, provider, surface }))
    if (value !== undefined && (typeof value !== 'string' || value === '' || value.length > 500))
      throw invalid(name, `'${name}' must be one text of at most 500 characters`);
  if (model === undefined) throw invalid('model', "'model' is missing: GET /route?model=NAME");
  // Routes are cached by surface: only known surfaces are allowed.
  const known = [
    ...gateway.formats.dialects.keys(),
    ...[...gateway.upstreams.values()].flatMap(({ provider: { surfaces } }) => surfaces),
  ];
  if (surface === '*' || !known.includes(surface as string))
    throw invalid(
      'surface',
      `there is no surface '${surface as string}'; there are: ${[...new Set(known)].join(', ')}`,
    );
  return { model, provider, surface } as DryRunQuery;
}

/** A request with nothing but its model. */
function adaptCall(model: string, surface: string): Call {
  return {
    surface,
    method: 'POST',
    path: '/',
    headers: {},
    raw: Buffer.from(JSON.stringify({ model })),
    model,
    stream: false,
    choices: 1,
    format: 'json',
    forwardAuthorization: false,
  };
}

function invalid(param: string, message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param });
}

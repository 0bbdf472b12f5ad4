import type { FastifyRequest } from 'fastify';
import { redact } from '../../../config/redact.ts';
import type { Host } from '../../../core/contracts/index.ts';
import type { Unsent } from '../../../kits/feature-kit/answers.ts';
import { GatewayError } from '../../../core/errors.ts';
import { withStrategy } from '../../../config/settings/overrides.ts';
import type { LoadBalancing } from './answers/balancing.ts';
import { override, tagged } from './if-match.ts';
import { strategyInForce } from './strategy-in-force.ts';
import { mustExist, short } from './must-exist.ts';
import { readObject } from '../../../kits/surface-kit/index.ts';
import { listed, loose, suggestion } from '../../../kits/feature-kit/index.ts';

const PATH = '/config/load-balancing';
/** The name that removes the override. */
const DEFAULT = 'default';

/**
 * `/config/load-balancing`: GET returns the strategies, POST changes one from the next request on, DELETE removes the
 * override. `?strategy=NAME&model=NAME`, or the same as JSON with `options`. Without `model` it is the strategy of all
 * models that name none of their own.
 */
export function loadBalancing(host: Host): void {
  const { app, gateway } = host;
  const options = tagged(gateway);
  app.get(PATH, options, () => current(host));
  app.post(PATH, options, (request) => change(request, host));
  app.delete(PATH, options, (request) => takeBack(request, readChange(request).model, host));
  app.route({
    method: ['PUT', 'PATCH'],
    url: PATH,
    handler: ({ method }, reply) => {
      reply.header('allow', 'GET, POST, DELETE');
      throw new GatewayError(
        'method_not_allowed',
        `${method} is not allowed on ${PATH}; use GET, POST or DELETE`,
      );
    },
  });
}

function current({ gateway: { settings, models }, strategies }: Host): Unsent<LoadBalancing> {
  const { config, overrides } = settings;
  const { schema } = settings;
  const configured = Object.entries(config.models).flatMap(([name, { strategy }]) =>
    strategy ? [[name, strategy.use] as const] : [],
  );
  const overridden = Object.entries(overrides.value.models ?? {}).filter(([, model]) => model.strategy);
  const own = [...new Set([...configured, ...overridden].map(([name]) => name))];
  return {
    ...strategyInForce(undefined, settings),
    available: strategies.map(({ name }) => name),
    models: Object.fromEntries(configured),
    modelStrategies: Object.fromEntries(own.map((name) => [name, strategyInForce(name, settings)])),
    overrides: redact(overrides.value, schema),
    failures: models.strategyFailures.list().map(({ atEpochMs, ...rest }) => ({ ...rest, at: atEpochMs })),
    timestamp: Date.now() / 1000,
  };
}

async function change(request: FastifyRequest, host: Host) {
  const { strategy: name, model, options = {} } = readChange(request);
  const { gateway, strategy, strategies } = host;
  const strategyNames = strategies.map((plugin) => plugin.name);
  if (name === undefined)
    throw invalid('strategy', `'strategy' is missing; there are: ${all(strategyNames)}`);
  if (model !== undefined) mustExist(model, gateway.models.names());
  if (loose(name) === DEFAULT) return takeBack(request, model, host);
  const use = strategyNames.find((one) => loose(one) === loose(name));
  if (use === undefined)
    throw invalid(
      'strategy',
      `there is no strategy '${short(name)}'${suggestion(short(name), strategyNames)}; there are: ${all(strategyNames)}`,
    );
  try {
    strategy(use, options).close?.();
  } catch (error) {
    throw invalid('options', (error as Error).message);
  }
  // The name comes first, as people write it.
  const written = Object.assign({ use }, options, { use });
  await override(request, gateway, (value) => withStrategy(value, written, model));
  return done(use, model, name);
}

async function takeBack(request: FastifyRequest, model: string | undefined, { gateway }: Host) {
  await override(request, gateway, (value) => withStrategy(value, undefined, model));
  return done(gateway.settings.strategy(model).strategy.use, model);
}

/**
 * A caller that wrote the name with underscores may compare it with the answer: the answer has that spelling, with the
 * plugin's own beside it.
 */
function done(use: string, model: string | undefined, said = use) {
  const isUnderscored = said !== use && said === use.replaceAll('-', '_');
  return {
    ...(isUnderscored ? { strategy: said, use } : { strategy: use }),
    ...(model === undefined ? {} : { model }),
    success: true,
    timestamp: Date.now() / 1000,
  };
}

interface StrategyChange {
  readonly strategy?: string | undefined;
  readonly model?: string | undefined;
  readonly options?: Record<string, unknown> | undefined;
}

/** Parameters of the query and of the body; the body takes precedence. */
function readChange(request: FastifyRequest): StrategyChange {
  const said = { ...(request.query as Record<string, unknown>), ...readObject(request) };
  const { strategy, model, options, ...others } = said;
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw invalid(short(other), `'${short(other)}' is not known here; say strategy, model or options`);
  for (const [name, value] of Object.entries({ strategy, model }))
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      throw invalid(name, `'${name}' must be a text`);
  if (options !== undefined && (typeof options !== 'object' || options === null || Array.isArray(options)))
    throw invalid('options', "'options' must be an object");
  return said as StrategyChange;
}

const all = (names: readonly string[]): string => listed([...names, DEFAULT]);

function invalid(param: string, message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param });
}

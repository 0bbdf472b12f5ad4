import type { Gateway, Host, Target } from '../../../../core/contracts/index.ts';
import type { Unsent } from '../../../../kits/feature-kit/answers.ts';
import { GatewayError } from '../../../../core/errors.ts';
import type { Route } from '../answers/balancing.ts';
import { describeTarget } from '../describe-target.ts';
import { strategyInForce } from '../strategy-in-force.ts';
import type { Traffic } from '../traffic.ts';

/** Models with an entry, and models that several providers are known to have. */
export function listedModels({ settings, models }: Gateway): string[] {
  const configured = Object.keys(settings.models);
  const further = [...models.names().keys()].filter((name) => models.knowing(name).length > 1);
  return [...new Set([...configured, ...further])];
}

/** A model's targets, its strategy, and how the last minutes' attempts were shared. */
export function describeRoute(model: string, host: Host, traffic: Traffic): Unsent<Route> {
  const { gateway } = host;
  const { settings } = gateway;
  const configured = settings.model(model);
  const attempts = traffic.of(model);
  const { targets, problem } = answering(model, gateway.models);
  const all = targets.reduce((sum, { id }) => sum + (attempts.get(id) ?? 0), 0);
  const { strategy, options, from } = strategyInForce(model, settings);
  return {
    model,
    configured: Object.hasOwn(settings.config.models, model),
    strategy: { use: strategy, options, from },
    targets: targets.map((target) => ({
      ...describeTarget(target, host),
      ...overridden(target, model, gateway),
      attempts: attempts.get(target.id) ?? 0,
      share: all === 0 ? null : round((attempts.get(target.id) ?? 0) / all),
    })),
    fallbacks: configured?.fallbacks ?? [],
    contextFallbacks: configured?.contextFallbacks ?? [],
    ...(problem === undefined ? {} : { problem }),
  };
}

/** A target may name a provider that is switched off. */
function answering(model: string, models: Gateway['models']): { targets: Target[]; problem?: string } {
  try {
    return { targets: models.named(model) };
  } catch (error) {
    return { targets: [], problem: GatewayError.from(error).message };
  }
}

/** The config file's values, where others are in force. */
function overridden({ id, weight, priority }: Target, model: string, gateway: Gateway) {
  const { models } = gateway.settings.config;
  const entry = Object.hasOwn(models, model)
    ? models[model]!.targets.find((one) => gateway.models.configured(model, one).id === id)
    : { provider: '' };
  const file = { weight: entry?.weight ?? 1, priority: entry?.priority ?? 0 };
  return file.weight === weight && file.priority === priority ? {} : { file };
}

const round = (share: number): number => Math.round(share * 1000) / 1000;

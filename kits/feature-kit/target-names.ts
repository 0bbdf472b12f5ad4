import type { GatewayConfig, Target } from '../../core/contracts/index.ts';

/**
 * A target's label: its id where the config or its plugin names the model, else `provider/*`. Models that an upstream
 * lists, often hundreds, make no series of their own.
 */
export function targetNames({ models }: GatewayConfig): (target: Target) => string {
  const routed = new Set(
    Object.entries(models).flatMap(([name, { targets }]) =>
      targets.map(({ provider, model = name }) => `${provider}/${model}`),
    ),
  );
  return ({ id, model, provider }) => {
    const own = Object.values(provider.models ?? {});
    return own.includes(model) || provider.defaultModel === model || routed.has(id)
      ? id
      : `${provider.name}/*`;
  };
}

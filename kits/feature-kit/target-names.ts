import type { Settings, Target } from '../../core/contracts/index.ts';

/**
 * A target's label: its id where the config or its plugin names the model, else `provider/*`. Models that an upstream
 * lists, often hundreds, make no series of their own.
 */
export function targetNames(settings: Pick<Settings, 'models'>): (target: Target) => string {
  let models: Settings['models'] | undefined;
  let routed = new Set<string>();
  return ({ id, model, provider }) => {
    if (models !== settings.models) {
      ({ models } = settings);
      routed = idsIn(models);
    }
    const own = Object.values(provider.models ?? {});
    return own.includes(model) || provider.defaultModel === model || routed.has(id)
      ? id
      : `${provider.name}/*`;
  };
}

const idsIn = (models: Settings['models']): Set<string> =>
  new Set(
    Object.entries(models).flatMap(([name, { targets }]) =>
      targets.map(({ provider, model = name }) => `${provider}/${model}`),
    ),
  );

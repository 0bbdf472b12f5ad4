import type { Call, Host } from '../../../core/contracts/index.ts';

const LATEST = ':latest';

/** Ollama's clients add the default tag `:latest` to a name; models of other servers have no tags. */
export function untagged(call: Call, { models }: Host['gateway']): Call {
  const model = nameOf(call.model, models);
  return model === call.model ? call : { ...call, model, set: { ...call.set, model } };
}

export function nameOf(name: string, models: Host['gateway']['models']): string {
  if (!name.endsWith(LATEST) || models.having(name).length > 0) return name;
  const base = name.slice(0, -LATEST.length);
  return models.having(base).length > 0 ? base : name;
}

import type { Gateway } from '../core/contracts/index.ts';
import type { Source } from './file/source.ts';
import { Mistakes } from './mistakes.ts';
import { choice, suggestion } from '../wire/names.ts';
import { shown, type Path } from './path.ts';

/**
 * Fallbacks name models; only when all providers are there can the names be checked. A name that no provider can answer
 * for is a mistake; one that merely looks wrong is logged.
 * @throws GatewayError `config_invalid` with each name that leads nowhere
 */
export function checkNames(gateway: Gateway, source: Source, tell: (problem: string) => void): void {
  const { models: known, upstreams } = gateway;
  const mistakes = new Mistakes(source);
  const all = known.names();
  const names = [...all.keys()];
  const anyName = [...upstreams.values()].some(({ provider: { models } }) => !models);
  for (const { path, name } of fallbacks(gateway)) {
    if (all.has(name) || knows(gateway, name)) continue;
    const message = `no model '${name}' is known here`;
    if (!anyName && known.named(name).length === 0) {
      mistakes.add(path, () => `${message}${choice(name, names)}`);
      continue;
    }
    const meant = suggestion(name, names);
    if (meant !== '' || !anyName)
      tell(`${shown(path)}: ${message}${meant}; any provider that can answer will be asked for it`);
  }
  mistakes.throwIfAny();
}

function fallbacks({ settings }: Gateway): { readonly path: Path; readonly name: string }[] {
  return Object.entries(settings.config.models).flatMap(([model, configured]) =>
    (['fallbacks', 'contextFallbacks'] as const).flatMap((list) =>
      (configured[list] ?? []).map((name, at) => ({ path: ['models', model, list, at], name })),
    ),
  );
}

/** A sleeping provider gets no requests, but its names are valid. */
function knows({ upstreams }: Gateway, name: string): boolean {
  return [...upstreams.values()].some((upstream) => upstream.knows(name) !== undefined);
}

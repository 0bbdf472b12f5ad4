import { Mistakes } from './config/mistakes.ts';
import { listed, suggestion } from './config/names.ts';
import { shown, type Path } from './config/path.ts';
import type { Yard } from './yard.ts';

/**
 * Fallbacks name models, and only once all providers are there it shows whether there are such. What nobody can answer
 * for is a mistake; what looks like one is told.
 * @throws GatewayError `config_invalid` with each name that leads nowhere
 */
export function checkNames(yard: Yard, tell: (problem: string) => void): void {
  const { settings, candidates, berths } = yard;
  const { source } = settings.loaded;
  const mistakes = new Mistakes(source);
  const names = [...candidates.names().keys()];
  const anyName = [...berths.values()].some(({ provider: { models } }) => !models);
  for (const { path, name } of fallbacks(yard)) {
    if (names.includes(name) || knows(yard, name)) continue;
    const meant = suggestion(name, names);
    const told = `no model '${name}' is known here${meant}`;
    if (!anyName && candidates.named(name).length === 0)
      mistakes.add(path, `${told}; allowed: ${listed(names)}`);
    else if (meant !== '' || !anyName)
      tell(`${shown(path)}: ${told}; any provider that can answer will be asked for it`);
  }
  mistakes.throwIfAny();
}

function fallbacks({ settings }: Yard): { readonly path: Path; readonly name: string }[] {
  return Object.entries(settings.config.models).flatMap(([model, configured]) =>
    (['fallbacks', 'contextFallbacks'] as const).flatMap((list) =>
      (configured[list] ?? []).map((name, at) => ({ path: ['models', model, list, at], name })),
    ),
  );
}

/** Who sleeps is asked for nothing, but its names are no mistakes. */
function knows({ berths }: Yard, name: string): boolean {
  return [...berths.values()].some((berth) => berth.knows(name) !== undefined);
}

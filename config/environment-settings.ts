import type { Path } from './path.ts';
import type { Environment } from './environment.ts';
import type { Source } from './file/source.ts';
import type { PluginRegistry } from './plugins/registry.ts';
import { gateway } from '../core/contracts/config-schema.ts';
import { loose } from '../wire/names.ts';
import { featureSections } from './schema/assemble.ts';
import { isMembers, type Members } from './choose-plugins.ts';

const PREFIX = 'SWITCHYARD_';
const BETWEEN = '__';

/** Maps whose keys are names: of providers, models, toolchains, transports. */
const NAMED = new Set(['providers', 'models', 'toolchains', 'transports']);

/**
 * Settings that environment variables set: `SWITCHYARD_SERVER__BODY_LIMIT=8MiB` is `server.bodyLimit`. Each is put into
 * the config as the text `${SWITCHYARD_…}`, so that its value is read, checked and shown like any variable of the file.
 */
export function withEnvironmentSettings(
  written: unknown,
  source: Source,
  { env, registry }: { readonly env: Environment; readonly registry: PluginRegistry },
): { readonly value: unknown; readonly source: Source } {
  const value = structuredClone(written ?? {});
  if (!isMembers(value)) return { value: written, source };
  const sections = [
    ...NAMED,
    'strategy',
    ...Object.keys(gateway),
    ...Object.keys(featureSections(registry, [])),
  ];
  const providers = registry.list('provider').map(({ name }) => name);
  const names = new Map<string, string>();
  for (const variable of Object.keys(env).toSorted()) {
    const [first = '', ...rest] = variable.startsWith(PREFIX)
      ? variable.slice(PREFIX.length).split(BETWEEN)
      : [];
    // Others with this prefix are the command's own.
    const section = sections.find((name) => loose(name) === loose(first));
    if (section === undefined && rest.length === 0) continue;
    const tell = (path: Path): void => void names.set(JSON.stringify(path), variable);
    put(value, [section ?? camel(first), ...rest], `\${${variable}}`, providers, tell);
  }
  const nameOf = (path: Path): string | undefined => names.get(JSON.stringify(path)) ?? source.nameOf?.(path);
  return { value, source: names.size === 0 ? source : { ...source, nameOf } };
}

/** @param tell called with each path that was not in the config before, and with that of the value */
function put(
  into: Members,
  steps: readonly string[],
  text: string,
  providers: readonly string[],
  tell: (path: Path) => void,
): void {
  let path: Path = [];
  let place: Members | unknown[] = into;
  for (const [at, step] of steps.entries()) {
    const isName = at === 1 && NAMED.has(String(path[0]));
    const key: string | number = Array.isArray(place)
      ? Number(step)
      : (Object.keys(place).find((one) => loose(one) === loose(step)) ??
        (isName ? nameFor(step, providers) : camel(step)));
    path = [...path, key];
    const members = place as Record<string | number, unknown>;
    const next = steps[at + 1];
    const isThere = typeof members[key] === 'object' && members[key] !== null;
    if (next === undefined || !isThere) tell(path);
    if (next === undefined) members[key] = text;
    else if (!isThere) members[key] = /^\d+$/.test(next) ? [] : {};
    place = members[key] as Members | unknown[];
  }
}

/** `OPENAI_COMPATIBLE`: the provider of that name, or `openai-compatible`. */
const nameFor = (step: string, providers: readonly string[]): string =>
  providers.find((name) => loose(name) === loose(step)) ?? step.toLowerCase().replaceAll('_', '-');

/** `BODY_LIMIT`: `bodyLimit`. */
const camel = (step: string): string =>
  step.toLowerCase().replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());

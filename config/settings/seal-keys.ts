import type { EntryOverride, Overrides, Schema } from '../../core/contracts/index.ts';
import type { Secrets } from '../../kits/secret-kit/index.ts';
import type { PluginRegistry } from '../plugins/registry.ts';
import { isMembers, type Members } from '../choose-plugins.ts';
import { valueAt, type Path } from '../path.ts';
import { referencesIn } from '../references.ts';
import { optionsOf } from '../schema/assemble.ts';
import { member, views } from '../schema/json-schema.ts';

/** Secrets by name. */
type Given = Record<string, string>;

interface Sealing {
  readonly registry: PluginRegistry;
  readonly secrets: Pick<Secrets, 'get'>;
  /** the config as written, for the plugin that an entry uses */
  readonly written: unknown;
}

/** Secrets that were given for providers by the API have such names. */
const PREFIX = 'provider.';

/** Overrides in which each key of a provider is a reference, `${secret:provider.lab.apiKey}`, and the keys to store. */
export function sealed(
  overrides: Overrides,
  { registry, secrets, written }: Sealing,
): { readonly overrides: Overrides; readonly given: Readonly<Given> } {
  const given: Given = {};
  if (!overrides.providers) return { overrides, given };
  const keep = (path: Path, text: string): string =>
    `\${secret:${nameFor(path, text.replaceAll('$$', '$'), secrets, given)}}`;
  const all = Object.entries(overrides.providers).map(([name, override]) => {
    const use = override.entry?.use ?? override.members?.use ?? valueAt(written, ['providers', name, 'use']);
    const plugin = registry.get('provider', typeof use === 'string' ? use : name);
    return [name, plugin ? sealedEntry(override, name, optionsOf(plugin), keep) : override] as const;
  });
  return { overrides: { ...overrides, providers: Object.fromEntries(all) }, given };
}

type Keep = (path: Path, text: string) => string;

function sealedEntry(override: EntryOverride, name: string, schema: Schema, keep: Keep): EntryOverride {
  const copy = (value: unknown, path: Path, of: readonly Schema[]): unknown => {
    if (typeof value === 'string') return isSecret(of) && !isReference(value) ? keep(path, value) : value;
    if (Array.isArray(value)) return value.map((one, at) => copy(one, [...path, at], member(of, at, schema)));
    if (!isMembers(value)) return value;
    const members = Object.entries(value).map(([key, one]) => [
      key,
      copy(one, [...path, key], member(of, key, schema)),
    ]);
    return Object.fromEntries(members);
  };
  const whole = views(schema, schema);
  const { entry, members, ...rest } = override;
  return {
    ...rest,
    ...(entry !== undefined && { entry: copy(entry, [name], whole) as Members | null }),
    ...(members !== undefined && { members: copy(members, [name], whole) as Members }),
  };
}

const isSecret = (of: readonly Schema[]): boolean => of.some(({ format }) => format === 'secret');

/** A text that is nothing but a variable, or a secret of the store. */
export const isReference = (text: string): boolean =>
  /^\$(?:\{[A-Za-z_]\w*\}|\{secret:[\w.-]+\}|[A-Za-z_]\w*)$/.test(text);

/** Names of secrets that were stored for providers, and that nothing refers to any more. */
export function unused(before: readonly unknown[], after: readonly unknown[]): string[] {
  const used = new Set(namesIn(after));
  return namesIn(before).filter((name) => name.startsWith(PREFIX) && !used.has(name));
}

const namesIn = (values: readonly unknown[]): string[] =>
  referencesIn(values).flatMap(({ name }) =>
    name.startsWith('secret:') ? [name.slice('secret:'.length)] : [],
  );

/** One that has the text already, or that no other secret has. */
function nameFor(path: Path, text: string, secrets: Sealing['secrets'], given: Given): string {
  const steps = path.map((step) => String(step).replaceAll(/[^\w-]/g, '_'));
  const base = `${PREFIX}${steps.join('.')}`.slice(0, 90);
  for (let nth = 1; ; nth++) {
    const name = nth === 1 ? base : `${base}.${nth}`;
    const there = given[name] ?? secrets.get(name);
    if (there !== undefined && there !== text) continue;
    if (there === undefined) given[name] = text;
    return name;
  }
}

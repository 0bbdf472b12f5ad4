import type { EntryOverride, Overrides, Schema } from '../../core/contracts/index.ts';
import type { Secrets } from '../../kits/secret-kit/index.ts';
import type { PluginRegistry } from '../plugins/registry.ts';
import { isMembers, type Members } from '../choose-plugins.ts';
import { valueAt, type Path } from '../path.ts';
import { referencesIn } from '../references.ts';
import { optionsOf } from '../schema/assemble.ts';
import { member, views } from '../schema/json-schema.ts';

/** Secrets by name. */
export type Given = Readonly<Record<string, string>>;

interface Sealing {
  readonly registry: PluginRegistry;
  readonly secrets: Pick<Secrets, 'get'>;
  /** the config as written, for the plugin that an entry uses */
  readonly written: unknown;
  /** ends the names of new secrets: gateways that share them may each have one of the same name */
  readonly suffix?: string;
}

/** Secrets that were given for providers by the API have such names. */
const PREFIX = 'provider.';

/** Overrides in which each key of a provider is a reference, `${secret:provider.lab.apiKey}`, and the keys to store. */
export function sealed(
  overrides: Overrides,
  { registry, secrets, written, suffix = '' }: Sealing,
): { readonly overrides: Overrides; readonly given: Given } {
  const given: Record<string, string> = {};
  if (!overrides.providers) return { overrides, given };
  const keep = (path: Path, text: string): string =>
    `\${secret:${nameFor(baseOf(path, suffix), text.replaceAll('$$', '$'), secrets, given)}}`;
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

/** Overrides in which references to such secrets are their texts again. */
export function opened(overrides: Overrides, secrets: Sealing['secrets']): Overrides {
  const open = (value: unknown): unknown => {
    if (typeof value === 'string') {
      const [name] = secretsIn(value);
      const text = name !== undefined && isReference(value) ? secrets.get(name) : undefined;
      return text === undefined ? value : text.replaceAll('$', '$$$$');
    }
    if (Array.isArray(value)) return value.map(open);
    if (!isMembers(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, open(one)]));
  };
  return open(overrides) as Overrides;
}

/** Names of secrets that were stored for providers, and that nothing refers to any more. */
export function unused(before: readonly unknown[], after: readonly unknown[]): string[] {
  const used = new Set(secretsIn(after));
  return secretsIn(before).filter((name) => !used.has(name));
}

/** Names of those that were stored for providers, and that a value refers to. */
export const secretsIn = (value: unknown): string[] => [
  ...new Set(
    referencesIn(value).flatMap(({ name }) =>
      name.startsWith(`secret:${PREFIX}`) ? [name.slice('secret:'.length)] : [],
    ),
  ),
];

function baseOf(path: Path, suffix: string): string {
  const steps = path.map((step) => String(step).replaceAll(/[^\w-]/g, '_'));
  return `${PREFIX}${steps.join('.')}`.slice(0, 90 - suffix.length) + suffix;
}

/** One that has the text already, or that no other secret has. */
function nameFor(
  base: string,
  text: string,
  secrets: Sealing['secrets'],
  given: Record<string, string>,
): string {
  for (let nth = 1; ; nth++) {
    const name = nth === 1 ? base : `${base}.${nth}`;
    const there = given[name] ?? secrets.get(name);
    if (there !== undefined && there !== text) continue;
    if (there === undefined) given[name] = text;
    return name;
  }
}

import type { PluginRegistry } from './plugins/registry.ts';
import type { KnownSource, ProviderPlugin } from '../core/contracts/index.ts';

/** A third-party program, for a person who wants to inspect it before it is fetched. */
export interface ListedSource {
  readonly name: string;
  /** null: none is known, see `unavailable` and `hosted`, or everything is in the packages */
  readonly repository: string | null;
  readonly commit: string | null;
  readonly subfolder?: string | undefined;
  readonly toolchain: string;
  readonly packages: unknown;
  /** null: it names none, or it is not available */
  readonly licence: string | null;
  readonly unavailable?: string | undefined;
  readonly hosted?: string | undefined;
}

/** The sources of third-party programs, by name. */
export function sources(registry: PluginRegistry): ListedSource[] {
  return registry
    .list('provider')
    .filter((plugin): plugin is ProviderPlugin & { source: KnownSource } => plugin.source !== undefined)
    .map(({ name, source }) => listed(name, source))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function listed(
  name: string,
  { code, toolchain, packages, licence, unavailable, hosted }: KnownSource,
): ListedSource {
  const at = code && 'git' in code ? code : undefined;
  return {
    name,
    repository: at?.git ?? null,
    commit: at?.commit ?? null,
    subfolder: at?.subfolder,
    toolchain,
    packages,
    licence: licence ?? null,
    unavailable,
    hosted,
  };
}

import type { PluginRegistry } from './plugins/registry.ts';
import type { Members } from './choose-plugins.ts';
import { members } from './choose-plugins.ts';
import type { Mistakes } from './mistakes.ts';
import { listed, loose, suggestion } from '../wire/names.ts';

/** Rules beyond a schema: the listen address needs keys, and targets name providers. Targets' names become exact. */
export function crossChecks(value: Members, registry: PluginRegistry, mistakes: Mistakes): void {
  const { host, apiKeys } = members(value.server);
  if (typeof host === 'string' && !isLoopback(host) && !(Array.isArray(apiKeys) && apiKeys.length > 0)) {
    mistakes.add(
      ['server', 'host'],
      `'${host}' can be reached by others and no key is asked for; allowed: 127.0.0.1, ::1 or localhost, or set server.apiKeys`,
    );
  }
  for (const [name, provider] of Object.entries(members(value.providers)))
    oneAuthorization(name, members(provider), mistakes);
  for (const [name, model] of Object.entries(members(value.models))) {
    const { targets } = members(model);
    for (const [index, entry] of (Array.isArray(targets) ? targets : []).entries()) {
      const target = members(entry);
      if (typeof target.provider !== 'string') continue;
      const exact = providerNamed(target.provider, members(value.providers), registry);
      if (exact === undefined)
        mistakes.add(
          ['models', name, 'targets', index, 'provider'],
          unknownProvider(target.provider, value, registry),
        );
      else target.provider = exact;
    }
  }
}

/** Whether a concurrency limit leaves room for one. */
function oneAuthorization(
  name: string,
  { baseUrl, apiKey, apiKeys, headers }: Members,
  mistakes: Mistakes,
): void {
  const url = typeof baseUrl === 'string' ? URL.parse(baseUrl) : null;
  if (!url || url.username + url.password === '') return;
  const isOwn = Object.keys(members(headers)).some((header) => header.toLowerCase() === 'authorization');
  const other = isOwn ? 'headers.authorization' : apiKey ? 'apiKey' : apiKeys ? 'apiKeys' : undefined;
  if (other === undefined) return;
  mistakes.add(
    ['providers', name, 'baseUrl'],
    `its user:password@ and ${other} both carry credentials; allowed: one of them`,
  );
}

/** Whether only this machine can reach it. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return bare === 'localhost' || bare === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(bare);
}

/** An entry of the config, or else a plugin that needs no entry. */
export function providerNamed(
  name: string,
  providers: Readonly<Record<string, unknown>>,
  registry: PluginRegistry,
): string | undefined {
  const entries = Object.keys(providers);
  if (entries.includes(name)) return name;
  const plugin = registry.get('provider', name);
  const alike = (entry: string): boolean =>
    loose(entry) === loose(name) || (plugin !== undefined && registry.get('provider', entry) === plugin);
  return entries.find(alike) ?? plugin?.name;
}

function unknownProvider(name: string, { providers }: Members, registry: PluginRegistry): string {
  const names = [
    ...new Set([
      ...Object.keys(members(providers)),
      ...registry.list('provider').map((plugin) => plugin.name),
    ]),
  ];
  return `'${name}' is not a provider${suggestion(name, names)}; allowed: ${listed(names)}`;
}

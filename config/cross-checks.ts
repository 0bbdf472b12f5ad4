import type { PluginRegistry } from './plugins/registry.ts';
import type { Members } from './choose-plugins.ts';
import { members } from './choose-plugins.ts';
import { entriesIn, entriesOf, type Features } from './feature-providers.ts';
import type { Mistakes } from './mistakes.ts';
import { ProviderNames } from './provider-names.ts';

/** Rules beyond a schema: the listen address needs keys, and targets name providers. Targets' names become exact. */
export function crossChecks(
  value: Members,
  { registry, features, mistakes }: { registry: PluginRegistry; features: Features; mistakes: Mistakes },
): void {
  const names = new ProviderNames({ ...entriesOf(features, value), ...members(value.providers) }, registry);
  const { host, apiKeys, threads } = members(value.server);
  if (typeof host === 'string' && !isLoopback(host) && !(Array.isArray(apiKeys) && apiKeys.length > 0)) {
    mistakes.add(
      ['server', 'host'],
      `'${host}' can be reached by others and no key is asked for; allowed: 127.0.0.1, ::1 or localhost, or set server.apiKeys`,
    );
  }
  if (threads !== undefined && threads !== 1 && Object.keys(members(value.peers)).length > 0)
    mistakes.add(
      ['server', 'threads'],
      `'${String(threads)}' does not work with peers yet; allowed: 1, or no peers`,
    );
  for (const [name, provider] of Object.entries(members(value.providers)))
    oneAuthorization(name, members(provider), mistakes);
  oneName(value, features, mistakes);
  for (const [name, model] of Object.entries(members(value.models))) {
    const { targets } = members(model);
    for (const [index, entry] of (Array.isArray(targets) ? targets : []).entries()) {
      const target = members(entry);
      if (typeof target.provider !== 'string') continue;
      const { provider } = target;
      const exact = names.exact(provider);
      if (exact === undefined)
        mistakes.add(['models', name, 'targets', index, 'provider'], () => names.unknown(provider));
      else target.provider = exact;
    }
  }
}

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

/** A name means one provider, wherever its entry stands. */
function oneName(value: Members, features: Features, mistakes: Mistakes): void {
  for (const { name: section, entries } of entriesIn(features, value))
    for (const name of Object.keys(entries))
      if (Object.hasOwn(members(value.providers), name))
        mistakes.add([section, name], `'${name}' is a provider already; allowed: another name`, 'key');
}

/** Whether only this machine can reach it. */
function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return bare === 'localhost' || bare === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(bare);
}

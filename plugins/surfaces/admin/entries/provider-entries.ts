import type { FastifyRequest } from 'fastify';
import { overriding, withEntry, withMembers } from '../../../../config/settings/overrides.ts';
import type { EntryOverride, Host, Overrides, ProviderPlugin } from '../../../../core/contracts/index.ts';
import { GatewayError } from '../../../../core/errors.ts';
import { loose } from '../../../../kits/feature-kit/index.ts';
import { invalid } from './invalid.ts';
import { entryBody, entryMembers, nameIn, pluginFor, type Members } from './read-entry.ts';

export type Change = (value: Overrides) => Overrides;

/** Reads changes of the providers' entries from requests; the settings check each as a whole. */
export class ProviderEntries {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** @throws GatewayError `invalid_request`, `action_conflict` where there is one of that name */
  added(request: FastifyRequest): { readonly name: string; readonly change: Change } {
    const { name: _, ...said } = entryBody(request);
    const name = nameIn(entryBody(request), 'provider');
    const taken = this.find(name);
    if (taken !== undefined && !this.#isListedOnly(taken))
      throw new GatewayError(
        'action_conflict',
        `there is a provider '${taken}' already: PATCH /providers/${taken} changes it, or choose another name`,
        { param: 'name' },
      );
    const entry = this.#entry(name, said);
    return {
      name,
      change: (value) => {
        mustBeFree(overriding(value, 'providers', name), `provider '${name}'`);
        return withEntry(value, 'providers', name, entry);
      },
    };
  }

  /** The entry as it would be added, or changed where the name exists. @throws GatewayError `invalid_request` */
  tried({ name: _, ...said }: Members, name: string): Change {
    const found = this.find(name);
    if (found === undefined || this.#isListedOnly(found)) {
      const entry = this.#entry(name, said);
      return (value) => withEntry(value, 'providers', name, entry);
    }
    return Object.keys(said).length === 0 ? (value) => value : this.#changed(said, found);
  }

  /** @throws GatewayError `invalid_request`, `provider_not_found` */
  changed(request: FastifyRequest, name: string): Change {
    const said = entryBody(request);
    if (Object.keys(said).length === 0)
      throw invalid(null, 'name the members to change: { "concurrency": 4 }; null takes one away');
    if (said.name !== undefined)
      throw invalid('name', "a provider's name stays: add it under another, and remove this one");
    return this.#changed(said, name);
  }

  #changed(said: Members, name: string): Change {
    const plugin = this.pluginOf(name, said.use);
    this.#mustKeepKeys(name, said);
    const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null));
    const removed = Object.fromEntries(Object.entries(said).filter(([, value]) => value === null));
    const members = { ...removed, ...entryMembers(given, plugin) };
    return (value) => withMembers(value, 'providers', name, members);
  }

  /** A provider that the gateway would detect again is switched off instead. */
  removed(name: string): { readonly change: Change; readonly isSwitchedOff: boolean } {
    const plugin = this.pluginOf(name);
    const isNamed = Object.hasOwn(this.#host.gateway.settings.config.providers, name);
    if (plugin.dormant && !isNamed)
      throw new GatewayError(
        'action_conflict',
        `'${name}' is only listed: no entry of the config and no change names it, so there is nothing to remove`,
      );
    const isFoundAgain = plugin.detect !== undefined || plugin.lastResort === true;
    const off = { use: plugin.name, enabled: false };
    return {
      isSwitchedOff: isFoundAgain,
      change: (value) => {
        if (!isFoundAgain) return withEntry(value, 'providers', name, null);
        const isAdded = !isNamed || overriding(value, 'providers', name).entry !== undefined;
        return isAdded
          ? withEntry(value, 'providers', name, off)
          : withMembers(value, 'providers', name, { enabled: false });
      },
    };
  }

  /** The exact name of a provider that runs or has an entry. @throws GatewayError `provider_not_found` */
  named(name: string): string {
    return this.find(name) ?? this.#host.gateway.upstreams.named(name).provider.name;
  }

  find(name: string): string | undefined {
    const { upstreams, settings } = this.#host.gateway;
    const names = [...Object.keys(settings.config.providers), ...upstreams.keys()];
    return names.find((one) => one === name) ?? names.find((one) => loose(one) === loose(name));
  }

  pluginOf(
    name: string,
    use: unknown = this.#host.gateway.settings.config.providers[name]?.use,
  ): ProviderPlugin {
    this.#mustStandHere(name);
    return pluginFor(use, name, this.#host.providerPlugins);
  }

  /** A section of a feature may declare providers, too. */
  #mustStandHere(name: string): void {
    const { providers, features } = this.#host.gateway.settings.config;
    if (Object.hasOwn(providers, name) || !this.#host.gateway.upstreams.get(name)?.isConfigured) return;
    const section = Object.keys(features).find((one) => Object.hasOwn(features[one] ?? {}, name));
    if (section !== undefined)
      throw new GatewayError(
        'action_conflict',
        `'${name}' stands in the section '${section}' of the config file: change it there`,
      );
  }

  #entry(name: string, { use, ...said }: Members): Members {
    const plugin = pluginFor(use, name, this.#host.providerPlugins);
    return { use: plugin.name, ...entryMembers(said, plugin) };
  }

  /** Listed without an entry, or switched off: the name is free. */
  #isListedOnly(name: string): boolean {
    const { upstreams, settings } = this.#host.gateway;
    const entry = Object.hasOwn(settings.config.providers, name)
      ? settings.config.providers[name]
      : undefined;
    return entry === undefined ? upstreams.get(name)?.isConfigured === false : entry.enabled === false;
  }

  /** A key that is never shown is not sent to another server either. */
  #mustKeepKeys(name: string, said: Members): void {
    const { providers } = this.#host.gateway.settings.config;
    const before = Object.hasOwn(providers, name) ? (providers[name] as Members) : {};
    const isMoved = ['baseUrl', 'use'].some((one) => said[one] !== undefined && said[one] !== before[one]);
    const kept = ['apiKey', 'apiKeys', 'headers'].filter(
      (one) => before[one] !== undefined && said[one] === undefined,
    );
    if (isMoved && kept.length > 0)
      throw invalid(
        'baseUrl',
        `with another baseUrl or use, ${kept.join(' and ')} would be sent to another server: give ${kept.length === 1 ? 'it' : 'them'} again, or null`,
      );
  }
}

/** Another request, or another gateway, may have been first. @throws GatewayError `action_conflict` */
export function mustBeFree({ entry }: EntryOverride, what: string): void {
  if (!entry || entry['enabled'] === false) return;
  throw new GatewayError(
    'action_conflict',
    `there is a ${what} already, made at this moment: read it again`,
    {
      param: 'name',
    },
  );
}

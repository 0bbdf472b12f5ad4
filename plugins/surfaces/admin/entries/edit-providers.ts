import { redactAt } from '../../../../config/redact.ts';
import { overriding } from '../../../../config/settings/overrides.ts';
import type { Host } from '../../../../core/contracts/index.ts';
import type { ProviderEntry } from '../answers/entries.ts';
import type { Members } from './read-entry.ts';
import { put, tagged } from '../if-match.ts';
import type { ProviderEntries } from './provider-entries.ts';

/**
 * `POST /providers`, `PATCH` and `DELETE /providers/{name}`: adds, changes and removes providers at run time, as overrides
 * that `POST /config/save` writes into the file. Requests under way keep what they began with.
 */
export function editProviders(host: Host, entries: ProviderEntries): void {
  const { app, gateway } = host;
  const named = ({ params }: { params: unknown }): string => entries.named((params as { name: string }).name);
  /** Waits a moment for the list of its models, so that the answer has it. */
  const described = async (name: string): Promise<object> => {
    const upstream = gateway.upstreams.get(name);
    if (upstream) await gateway.models.lists.current?.fetch(upstream);
    return { ...entryOf(name, host), success: true, timestamp: Date.now() / 1000 };
  };

  const options = tagged(gateway);
  app.get('/providers/:name/entry', options, (request) => entryOf(named(request), host));
  app.post('/providers', options, (request) => {
    const { name, change } = entries.added(request);
    return put(request, gateway, change).then(() => described(name));
  });
  app.patch('/providers/:name', options, (request) => {
    const name = named(request);
    return put(request, gateway, entries.changed(request, name)).then(() => described(name));
  });
  app.delete('/providers/:name', options, (request) => {
    const name = named(request);
    const { change, isSwitchedOff } = entries.removed(name);
    const done = { removed: name, switchedOff: isSwitchedOff, success: true };
    return put(request, gateway, change).then(() => ({ ...done, timestamp: Date.now() / 1000 }));
  });
}

/** The entry of a provider as it is in force, without its secrets. */
function entryOf(name: string, { gateway }: Host): ProviderEntry {
  const { config, schema, overrides } = gateway.settings;
  const isNamed = Object.hasOwn(config.providers, name);
  const { use = name, ...entry } = isNamed ? config.providers[name]! : {};
  const { entry: added, members } = overriding(overrides.value, 'providers', name);
  return {
    name,
    use: String(use),
    kind: gateway.upstreams.get(name)?.provider.process ? 'program' : 'remote',
    from: added ? 'added' : members ? 'changed' : isNamed ? 'file' : 'found',
    entry: redactAt(entry, ['providers', name], schema) as Members,
    models: [...(gateway.upstreams.get(name)?.publicNames ?? [])],
  };
}

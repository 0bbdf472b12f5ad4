import type { FastifyRequest } from 'fastify';
import { redactAt } from '../../../../config/redact.ts';
import { overriding, withEntry, withMembers } from '../../../../config/settings/overrides.ts';
import type { Gateway, Host, Overrides } from '../../../../core/contracts/index.ts';
import { GatewayError } from '../../../../core/errors.ts';
import { listed, suggestion } from '../../../../kits/feature-kit/index.ts';
import type { ModelEntry } from '../answers/entries.ts';
import { mustExist, short } from '../must-exist.ts';
import { invalid } from './invalid.ts';
import { put, tagged } from '../if-match.ts';
import { mustBeFree } from './provider-entries.ts';
import { entryBody, entryMembers, nameIn, type Members } from './read-entry.ts';

/** No text of a model's entry is a secret. */
const PLAIN = { options: {} };

/**
 * `/config/models`: public model names and their targets. `POST` adds one, `{ "name", "targets" }` or an alias `{ "name",
 * "alias": "another model" }`; `PATCH` changes its members, `DELETE` removes it. A name may have slashes.
 */
export function editModels(host: Host): void {
  const { app, gateway } = host;
  const described = (name: string): object => ({
    ...entryOf(name, gateway),
    success: true,
    timestamp: Date.now() / 1000,
  });

  const options = tagged(gateway);
  app.get('/config/models', options, () => ({
    data: Object.keys(gateway.settings.config.models).map((name) => entryOf(name, gateway)),
  }));
  app.get('/config/models/*', options, (request) => entryOf(named(request, gateway), gateway));
  app.post('/config/models', options, (request) => {
    const said = entryBody(request);
    const name = nameIn(said, 'model');
    if (Object.hasOwn(gateway.settings.config.models, name))
      throw new GatewayError(
        'action_conflict',
        `the model '${short(name)}' has an entry already: PATCH /config/models/${encodeURIComponent(name)} changes it`,
        { param: 'name' },
      );
    const entry = entryIn(said, name, host);
    const change = (value: Overrides): Overrides => {
      mustBeFree(overriding(value, 'models', name), `model '${short(name)}'`);
      return withEntry(value, 'models', name, entry);
    };
    return put(request, gateway, change).then(() => described(name));
  });
  app.patch('/config/models/*', options, (request) => {
    const name = named(request, gateway);
    const said = entryBody(request);
    if (Object.keys(said).length === 0)
      throw invalid(null, 'name the members to change: { "targets": […] }; null takes one away');
    if (said.name !== undefined)
      throw invalid('name', "a model's name stays: add it under another, and remove this one");
    const members = entryIn(said, name, host);
    return put(request, gateway, (value) => withMembers(value, 'models', name, members)).then(() =>
      described(name),
    );
  });
  app.delete('/config/models/*', options, (request) => {
    const name = named(request, gateway);
    const done = { removed: name, success: true };
    return put(request, gateway, (value) => withEntry(value, 'models', name, null)).then(() => ({
      ...done,
      timestamp: Date.now() / 1000,
    }));
  });
}

/** The entry that a request describes, an alias with the targets that the other model has now. */
function entryIn({ name: _, alias, ...said }: Members, name: string, host: Host): Members {
  const { gateway } = host;
  mustHaveKnownStrategy(said.strategy, host);
  const entry = entryMembers(said, PLAIN);
  if (alias === undefined) return entry;
  if (typeof alias !== 'string' || alias === '')
    throw invalid('alias', "'alias' must be the name of a model");
  if (said.targets !== undefined) throw invalid('alias', "give 'alias' or 'targets', not both");
  if (alias === name) throw invalid('alias', `'${short(name)}' cannot be an alias of itself`);
  mustExist(alias, gateway.models.names());
  const targets = gateway.models
    .named(alias)
    .map(({ provider, model }) => ({ provider: provider.name, model: model === '*' ? alias : model }));
  return { ...entry, ...entryMembers({ targets }, PLAIN) };
}

/** A strategy of a file or a package would be code that runs. */
function mustHaveKnownStrategy(strategy: unknown, { strategies }: Host): void {
  const use: unknown = (strategy as { use?: unknown } | null | undefined)?.use;
  if (use === undefined || strategies.some(({ name }) => name === use)) return;
  const names = strategies.map(({ name }) => name);
  throw invalid('strategy', `there is no strategy '${short(String(use))}'; allowed: ${listed(names)}`);
}

function named({ params }: FastifyRequest, { settings }: Gateway): string {
  const { '*': name } = params as { '*': string };
  const { models } = settings.config;
  if (Object.hasOwn(models, name)) return name;
  throw new GatewayError(
    'model_not_found',
    `the model '${short(name)}' has no entry${suggestion(short(name), Object.keys(models))}; GET /config/models lists those that do, and POST /config/models adds one`,
    { param: 'model' },
  );
}

function entryOf(name: string, { settings }: Gateway): ModelEntry {
  const { entry, members } = overriding(settings.overrides.value, 'models', name);
  return {
    name,
    from: entry ? 'added' : members ? 'changed' : 'file',
    entry: redactAt(settings.config.models[name], ['models', name], settings.schema) as Members,
  };
}

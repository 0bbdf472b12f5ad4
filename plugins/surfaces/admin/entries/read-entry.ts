import type { FastifyRequest } from 'fastify';
import { isReference } from '../../../../config/settings/seal-keys.ts';
import { member, views } from '../../../../config/schema/json-schema.ts';
import type { ProviderPlugin, Schema } from '../../../../core/contracts/index.ts';
import { choice } from '../../../../kits/feature-kit/index.ts';
import { GatewayError } from '../../../../core/errors.ts';
import { readObject } from '../../../../kits/surface-kit/index.ts';
import { short } from '../must-exist.ts';
import { invalid } from './invalid.ts';

export type Members = Readonly<Record<string, unknown>>;

/** Members that run code of the caller's choice: only the config file may have them. */
const RUNS_CODE = ['command', 'cwd', 'env', 'source'];
/** How a secret is shown. */
const MASK = '***';

/** The provider plugin that an entry uses. @throws GatewayError `invalid_request` */
export function pluginFor(use: unknown, name: string, plugins: readonly ProviderPlugin[]): ProviderPlugin {
  const wanted = use ?? name;
  const names = plugins.map((plugin) => plugin.name).filter((one) => one !== 'process');
  const plugin = plugins.find((one) => one.name === wanted || one.aliases?.includes(String(wanted)));
  if (plugin?.name === 'process')
    throw invalid('use', "'process' runs a program of your own: write its entry into the config file");
  if (plugin) return plugin;
  const shown = short(String(wanted));
  const what =
    use === undefined
      ? `the name '${shown}' is no kind of provider, and 'use' is missing`
      : `'${shown}' is no kind of provider`;
  throw invalid('use', `${what}${choice(shown, names)}. A plugin of your own is a line in the config file`);
}

/**
 * Members of an entry as the config would have them: dollar signs are doubled, so that no text reads the environment. A key
 * may name a variable.
 * @throws GatewayError `invalid_request` where a member runs code, or is a mask
 */
export function entryMembers(said: Members, plugin: Pick<ProviderPlugin, 'options'>): Members {
  const schema: Schema = { type: 'object', ...plugin.options };
  const copy = (value: unknown, path: string, of: readonly Schema[]): unknown => {
    if (typeof value === 'string') {
      const isSecret = of.some(({ format }) => format === 'secret');
      if (isSecret && value === MASK)
        throw invalid(
          path,
          `'${path}' is '${MASK}', which stands for a secret that is not shown; leave it out to keep it`,
        );
      if (isSecret && value.startsWith('${file:'))
        throw invalid(path, `'${path}' reads a file of this machine: write it into the config file`);
      if (!isSecret || !isReference(value)) return value.replaceAll('$', '$$$$');
      if (value.startsWith('${secret:provider.'))
        throw invalid(path, `'${path}' names a key that is kept for a provider: give a key of its own`);
      return value;
    }
    if (Array.isArray(value))
      return value.map((one, at) => copy(one, `${path}[${at}]`, member(of, at, schema)));
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(([key, one]) => [
      key,
      copy(one, path === '' ? key : `${path}.${key}`, member(of, key, schema)),
    ]);
    return Object.fromEntries(members);
  };
  for (const name of RUNS_CODE)
    if (Object.hasOwn(said, name))
      throw invalid(name, `'${name}' runs code on this machine: write it into the config file`);
  return copy(said, '', views(schema, schema)) as Members;
}

/** The body of a request, without quoting it in an error: it may contain a key. */
export function entryBody(request: FastifyRequest): Members {
  try {
    return readObject(request);
  } catch {
    throw new GatewayError('invalid_json', 'the body must be a JSON object: the members of an entry');
  }
}

/** @throws GatewayError `invalid_request` */
export function nameIn({ name }: Members, what: string): string {
  if (typeof name === 'string' && name !== '') return name;
  throw invalid('name', `name the ${what}: { "name": "…" }`);
}

import { isSecretName, Secrets } from '../../kits/secret-kit/index.ts';
import { place, root } from '../installation.ts';
import type { SecretList, SecretStored } from './answers.ts';
import { EXIT, Failure, unfit } from './fail.ts';
import { readSecret } from './read-secret.ts';
import { show, type Run, type Subcommand } from './subcommand.ts';
import { table } from './table.ts';

const TAKES = 'set|remove NAME | list';

/** Secrets that the config refers to: in the store of a config, or by the API of the gateway that --url names. */
export const secrets: Subcommand = {
  name: 'secrets',
  takes: TAKES,
  does: 'stores, lists or removes secrets that the config refers to',
  about:
    'The config refers to a secret as ${secret:NAME}, for example apiKey: ${secret:openai}. The value is asked for with\n' +
    'hidden input, or read from a pipe, never from the command line. It is stored encrypted in the home folder of the\n' +
    'config, and a running gateway takes it at once. With --url (or SWITCHYARD_URL) that gateway is asked to store it.\n\n' +
    '  --config FILE      the config that has the home folder\n\n' +
    '  printf %s "$KEY" | switchyard secrets set openai',
  words: [1, 2],
  options: { config: 'FILE' },
  completes: ['set', 'list', 'remove'],
  async run(given) {
    const [what, name] = given.args;
    const store = (given.options.url ?? process.env.SWITCHYARD_URL) ? remote(given) : await local(given);
    if (what === 'list' && name === undefined) {
      const data = await store.list();
      const rows = data.map((one) => [one.name, one.changed]);
      return show(given, { data }, () => table(['secret', 'stored'], rows, given.people));
    }
    if (name === undefined || (what !== 'set' && what !== 'remove'))
      throw unfit('secrets', TAKES, given.args);
    if (!isSecretName(name))
      throw new Failure(
        `secrets: '${name}' is no name: a letter or _, then letters, digits, _, - and .`,
        EXIT.usage,
      );
    const problem = what === 'set' ? await store.set(name, await readSecret(name)) : await store.remove(name);
    const remark = problem === null ? '' : `not in use yet: ${problem}\n`;
    show(given, { name, problem }, () => `${name} is ${what === 'set' ? 'stored' : 'removed'}\n${remark}`);
  },
};

interface Store {
  list(): Promise<SecretList['data']>;
  /** @returns why it is not in use yet; null: it is, or will be at the next start */
  set(name: string, value: string): Promise<string | null>;
  remove(name: string): Promise<string | null>;
}

function remote({ gateway }: Run): Store {
  const path = (name: string): string => `/secrets/${encodeURIComponent(name)}`;
  return {
    list: async () => (await gateway.ask<SecretList>('GET', '/secrets')).data,
    set: async (name, value) => (await gateway.ask<SecretStored>('PUT', path(name), { value })).problem,
    remove: async (name) => (await gateway.ask<SecretStored>('DELETE', path(name))).problem,
  };
}

async function local({ options }: Run): Promise<Store> {
  // Loaded here: the other subcommands need no plugins.
  const [{ PluginRegistry }, { readUnchecked }, { referencesIn }, { shown }] = await Promise.all([
    import('../../config/plugins/registry.ts'),
    import('../../config/read.ts'),
    import('../../config/references.ts'),
    import('../../config/path.ts'),
  ]);
  const registry = await PluginRegistry.read(root);
  const file = (options.config as string | undefined) ?? (process.env.SWITCHYARD_CONFIG || undefined);
  const config = await readUnchecked({ file, root: place, env: process.env, registry });
  const store = await Secrets.open(config);
  return {
    list: async () => store.list().filter(({ name }) => isSecretName(name)),
    set: (name, value) => store.change({ [name]: value }).then(() => null),
    async remove(name) {
      const used = referencesIn(config.written).find((one) => one.name === `secret:${name}`);
      if (used)
        throw new Failure(
          `${config.file ?? 'the environment'} refers to it (${shown(used.path)}): take that out first`,
        );
      await store.change({ [name]: undefined });
      return null;
    },
  };
}

import { unfit } from './fail.ts';
import type { Provider, Providers, StoredSecrets } from './answers.ts';
import { readSecret } from './read-secret.ts';
import { show, type Run, type Subcommand } from './subcommand.ts';
import { table } from './table.ts';

const TAKES = 'set|remove PROVIDER NAME | list [PROVIDER]';

export const secret: Subcommand = {
  name: 'secret',
  takes: TAKES,
  does: 'stores or removes credentials that a program needs',
  about:
    'The value is asked for with hidden input, or read from a pipe; never from the command line, which every user of\n' +
    'this machine can read. It is stored encrypted in the home folder, and given to that program only, from its next\n' +
    'start on. A value in the config file takes precedence. For keys of providers: switchyard secrets.\n\n  printf %s "$TOKEN" | switchyard secret set TalkAI TOKEN',
  words: [1, 3],
  completes: ['set', 'remove', 'list'],
  async run(given) {
    const [what, provider, name] = given.args;
    if (what === 'list' && name === undefined) return list(given, provider);
    if (!provider || !name || (what !== 'set' && what !== 'remove')) throw unfit('secret', TAKES, given.args);
    const path = `/providers/${encodeURIComponent(provider)}/secrets`;
    const answer =
      what === 'set'
        ? await given.gateway.ask<StoredSecrets>('PUT', path, {
            [name]: await readSecret(`${name} of ${provider}`),
          })
        : await given.gateway.ask<StoredSecrets>('DELETE', `${path}/${encodeURIComponent(name)}`);
    const lines = [
      `${name} of ${answer.provider} is ${what === 'set' ? 'stored' : 'removed'}`,
      ...answer.remarks,
      ...answer.lacks.map((lack) => `still lacking: ${lack}`),
    ];
    show(given, answer, () => lines.map((line) => `${line}\n`).join(''));
  },
};

/** Names and whether there is a value; never a value. */
async function list(given: Run, provider: string | undefined): Promise<void> {
  const providers =
    provider === undefined
      ? (await given.gateway.ask<Providers>('GET', '/providers')).providers
      : [await given.gateway.ask<Provider>('GET', `/providers/${encodeURIComponent(provider)}`)];
  const secrets = providers.flatMap(({ name, process }) =>
    (process?.secrets ?? []).map((one) => ({ provider: name, ...one })),
  );
  const rows = secrets.map((one) => [
    one.provider,
    one.name,
    one.given ? 'given' : one.required ? 'missing' : 'optional',
    one.description,
  ]);
  show(given, { data: secrets }, () => table(['provider', 'secret', 'is', 'what it is'], rows, given.people));
}

import type { ProviderEntry, Providers, Trial } from './answers.ts';
import { EXIT, unfit } from './fail.ts';
import { readSecret } from './read-secret.ts';
import { saveIfAsked } from './save.ts';
import { show, type Run, type Subcommand } from './subcommand.ts';
import { table } from './table.ts';

const WORDS = ['list', 'add', 'edit', 'test', 'remove'] as const;
const TAKES = '[list] | add|edit|test|remove NAME';

/** The providers: what they do now, and their entries in the config. */
export const providers: Subcommand = {
  name: 'providers',
  takes: TAKES,
  does: 'lists, adds, changes, tests and removes providers',
  about:
    'Changes apply at once and stay over a restart; requests under way keep what they began with.\n\n' +
    '  --use KIND           the kind of provider; default: the kind of its name, such as groq\n' +
    '  --base-url URL       --default-model M   --concurrency N\n' +
    '  --models a,b=own     public names, with the name at the provider where it is another\n' +
    '  --api-key            asks for its key with hidden input, or reads it from a pipe\n' +
    '  --api-key-env NAME   its key is in that variable of the environment of the gateway\n' +
    '  --enabled false      switches it off; true: on again\n' +
    '  --model M            test also sends a short chat, which is paid for\n' +
    '  --save               also writes all changes into the config file\n\n' +
    "With edit, 'none' takes a value away. test tries the provider as it would be, and changes nothing.\n\n" +
    '  printf %s "$KEY" | switchyard providers add groq --api-key',
  words: [0, 2],
  completes: WORDS,
  options: {
    use: 'KIND',
    'base-url': 'URL',
    models: 'a,b=own',
    'default-model': 'M',
    concurrency: 'N',
    'api-key-env': 'NAME',
    enabled: 'true',
    model: 'M',
  },
  flags: { 'api-key': '', save: '' },
  async run(given) {
    const [what = 'list', name] = given.args;
    if (what === 'list' && name === undefined) return list(given);
    if (name === undefined || what === 'list' || !WORDS.includes(what as (typeof WORDS)[number]))
      throw unfit('providers', TAKES, given.args);
    const path = `/providers/${encodeURIComponent(name)}`;
    if (what === 'test') return test(given, { name, ...(await entryIn(given, name)) });
    if (what === 'remove') {
      const done = await given.gateway.ask<{ switchedOff: boolean }>('DELETE', path);
      const saved = await saveIfAsked(given);
      const how = done.switchedOff ? 'switched off, as it would be found again' : 'removed';
      return show(given, done, () => `${name} is ${how}\n${saved}`);
    }
    const entry = await entryIn(given, name);
    const done =
      what === 'add'
        ? await given.gateway.ask<ProviderEntry>('POST', '/providers', { name, ...entry })
        : await given.gateway.ask<ProviderEntry>('PATCH', path, entry);
    const saved = await saveIfAsked(given);
    const { models } = done;
    show(
      given,
      done,
      () =>
        `${done.name} is ${what === 'add' ? 'added' : 'changed'}; ${models.length || 'no'} models are known\n${saved}`,
    );
  },
};

async function list(given: Run): Promise<void> {
  const answer = await given.gateway.ask<Providers>('GET', '/providers');
  const rows = answer.providers.map(({ name, state, out, port, models, anyModel, targets }) => [
    name,
    state,
    out.filter((reason) => reason !== state).join(',') || '-',
    port,
    targets.reduce((sum, { inflight }) => sum + inflight, 0),
    anyModel
      ? 'any'
      : models.slice(0, 4).join(',') + (models.length > 4 ? ` and ${models.length - 4} more` : ''),
  ]);
  show(given, answer, () =>
    table(['provider', 'state', 'out', 'port', 'in flight', 'models'], rows, given.people),
  );
}

/** The members that options name; `none` takes one away. */
async function entryIn({ options }: Run, name: string): Promise<Record<string, unknown>> {
  const { use, models: map, concurrency, enabled } = options;
  const variable = options['api-key-env'];
  const said = {
    use,
    baseUrl: options['base-url'],
    defaultModel: options['default-model'],
    models: typeof map === 'string' && map !== 'none' ? mapIn(map) : map,
    concurrency: /^\d+$/.test(String(concurrency)) ? Number(concurrency) : concurrency,
    enabled: enabled === 'true' || enabled === 'false' ? enabled === 'true' : enabled,
    apiKey: typeof variable === 'string' && variable !== 'none' ? `\${${variable}}` : variable,
    ...(options['api-key'] === true && { apiKey: await readSecret(`the key of ${name}`) }),
  };
  const given = Object.entries(said).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([member, value]) => [member, value === 'none' ? null : value]));
}

/** `a,b=own`: public names, each with its own name at the provider. */
const mapIn = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split(',').map((part) => {
      const [name = '', own = name] = part.split('=');
      return [name, own];
    }),
  );

async function test(given: Run, entry: object): Promise<void> {
  const { model } = given.options;
  const body = { ...entry, ...(typeof model === 'string' && { model }) };
  const trial = await given.gateway.ask<Trial>('POST', '/providers/test', body);
  const rows = trial.checks.map(({ check, ok, detail, remedy }) => [
    check,
    ok === null ? 'not made' : ok ? 'good' : 'fails',
    detail,
    remedy,
  ]);
  show(given, trial, () => table(['check', 'is', 'detail', 'what to do'], rows, given.people));
  if (!trial.ok) process.exitCode = EXIT.failed;
}

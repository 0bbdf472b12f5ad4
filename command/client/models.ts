import { unfit } from './fail.ts';
import { saveIfAsked } from './save.ts';
import { show, type Run, type Subcommand } from './subcommand.ts';
import { table } from './table.ts';

const WORDS = ['list', 'add', 'edit', 'remove'] as const;
const TAKES = '[list] | add|edit|remove NAME';

/** The model names, and their entries in the config. */
export const models: Subcommand = {
  name: 'models',
  takes: TAKES,
  does: 'lists the model names; adds, changes and removes models and aliases',
  about:
    'Changes apply at once and stay over a restart.\n\n' +
    '  --targets P/M,P      the providers that answer, each with its own name of the model where it is another\n' +
    '  --alias M            the targets that the model M has now\n' +
    '  --fallbacks A,B      other models for when no target can answer\n' +
    '  --save               also writes all changes into the config file\n\n' +
    "With edit, 'none' takes a value away.\n\n" +
    '  switchyard models add fast --targets groq/llama-3.1-8b-instant,cerebras/llama3.1-8b',
  words: [0, 2],
  completes: WORDS,
  options: { targets: 'P/M,P', alias: 'M', fallbacks: 'A,B' },
  flags: { save: '' },
  async run(given) {
    const [what = 'list', name] = given.args;
    if (what === 'list' && name === undefined) return list(given);
    if (name === undefined || what === 'list' || !WORDS.includes(what as (typeof WORDS)[number]))
      throw unfit('models', TAKES, given.args);
    const path = `/config/models/${name.split('/').map(encodeURIComponent).join('/')}`;
    const { gateway } = given;
    const done =
      what === 'remove'
        ? await gateway.ask('DELETE', path)
        : what === 'add'
          ? await gateway.ask('POST', '/config/models', { name, ...entryIn(given) })
          : await gateway.ask('PATCH', path, entryIn(given));
    const saved = await saveIfAsked(given);
    const verb = { add: 'added', edit: 'changed', remove: 'removed' }[what];
    show(given, done, () => `${name} is ${verb}\n${saved}`);
  },
};

function entryIn({ options }: Run): object {
  const { targets, alias, fallbacks } = options;
  return {
    ...(typeof targets === 'string' && {
      targets: targets === 'none' ? null : targets.split(',').map(target),
    }),
    ...(typeof alias === 'string' && { alias }),
    ...(typeof fallbacks === 'string' && { fallbacks: fallbacks === 'none' ? null : fallbacks.split(',') }),
  };
}

/** A provider's name has no slash, a model's may have some. */
function target(text: string): object {
  const [provider = '', ...model] = text.split('/');
  return { provider, ...(model.length > 0 && { model: model.join('/') }) };
}

async function list(given: Run): Promise<void> {
  const answer = await given.gateway.ask<{ data: { id: string; owned_by: string }[] }>('GET', '/v1/models');
  const rows = answer.data.map(({ id, owned_by: owner }) => [id, owner]);
  show(given, answer, () => table(['model', 'provider'], rows, given.people));
}

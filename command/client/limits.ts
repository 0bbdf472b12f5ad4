import type { Limit, Limits } from './answers.ts';
import { EXIT, Failure, unfit } from './fail.ts';
import { ABOUT_LIMITS, changedLimits, inWords, limitOptions } from './limit-options.ts';
import { show, type Run, type Subcommand } from './subcommand.ts';
import { table } from './table.ts';

const WORDS = ['list', 'show', 'create', 'change', 'remove'] as const;
const TAKES = '[list] | show|create|change|remove NAME';

/** Limits by key, owner, label, model and provider. */
export const limits: Subcommand = {
  name: 'limits',
  takes: TAKES,
  does: 'lists, shows, makes, changes and removes limits by key, owner, label, model and provider',
  about:
    'Limits of one key alone are set with the key. Those of the config are listed, and changed there.\n\n' +
    '  --per owner,model  what is counted apart: key, owner, label, model or provider\n' +
    '  --where owner=Ada,model=gpt-*   only these count; * stands for any text\n' +
    '  --unknown-price refuse          what has no known price does not pass a limit of dollars\n' +
    ABOUT_LIMITS,
  words: [0, 2],
  completes: WORDS,
  options: { per: 'owner,model', where: 'owner=Ada', 'unknown-price': 'refuse', ...limitOptions },
  flags: {},
  async run(given) {
    const [what = 'list', name] = given.args;
    const { gateway } = given;
    if (what === 'list' && name === undefined) {
      const answer = await gateway.ask<Limits>('GET', '/limits');
      return show(given, answer, () => table(HEAD, answer.data.map(row), given.people));
    }
    if (name === undefined || !WORDS.includes(what as (typeof WORDS)[number]) || what === 'list')
      throw unfit('limits', TAKES, given.args);
    const path = `/limits/${encodeURIComponent(name)}`;
    switch (what) {
      case 'show': {
        const limit = await gateway.ask<Limit>('GET', path);
        const head = ['of', 'limit', 'used', 'left', 'ends'];
        return show(given, limit, () => table(head, limit.used.map(standing), given.people));
      }
      case 'create': {
        const limit = await gateway.ask<Limit>('POST', '/limits', { name, ...traits(given) });
        return show(given, limit, () => `${limit.name} is made: ${inWords(limit)}\n`);
      }
      case 'change': {
        const limit = await gateway.ask<Limit>('PATCH', path, traits(given));
        return show(given, limit, () => `${limit.name} is changed: ${inWords(limit)}\n`);
      }
      default: {
        const done = await gateway.ask<{ removed: string }>('DELETE', path);
        return show(given, done, () => `${done.removed} is removed\n`);
      }
    }
  },
};

const HEAD = ['name', 'from', 'counts apart', 'of', 'limit', 'most used'];

const row = (limit: Limit): unknown[] => [
  limit.name,
  limit.from,
  limit.per.join(',') || '-',
  pairs(limit.where),
  inWords(limit),
  limit.used[0] ? `${limit.used[0].used} of ${limit.used[0].most} ${limit.used[0].limit}` : '-',
];

const standing = ({ of, limit, per, most, used, left, ends }: Limit['used'][number]): unknown[] => [
  pairs(of),
  `${most} ${limit}${per === null ? ' at once' : per === 'total' ? '' : ` a ${per}`}`,
  used,
  left,
  ends ?? '-',
];

const pairs = (of: object): string =>
  Object.entries(of)
    .map(([name, value]) => `${name}=${[value].flat().join('|')}`)
    .join(',') || '-';

function traits({ options }: Run): object {
  const { per, where, 'unknown-price': unknownPrice } = options;
  return {
    ...(typeof per === 'string' && { per: per === 'none' ? null : per.split(',') }),
    ...(typeof where === 'string' && { where: where === 'none' ? null : wheres(where) }),
    ...(typeof unknownPrice === 'string' && { unknownPrice }),
    ...changedLimits('limits', options, null),
  };
}

/** A repeated word allows several values. */
function wheres(text: string): Readonly<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const part of text.split(',')) {
    const [, name = '', value = ''] = /^(\w+)=(.+)$/.exec(part) ?? [];
    if (name === '')
      throw new Failure(`limits: --where takes such as owner=Ada; it is '${text}'`, EXIT.usage);
    all[name] = [...(all[name] ?? []), value];
  }
  return all;
}

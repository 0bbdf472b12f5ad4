import { units } from '../../config/schema/units.ts';
import type { Key, Keys, MadeKey, RevokedKey } from './answers.ts';
import { EXIT, Failure, unfit } from './fail.ts';
import { ABOUT_LIMITS, hasLimits, limitOptions, limitsIn } from './limit-options.ts';
import { show, type Run, type Subcommand } from './subcommand.ts';
import { table } from './table.ts';

const WORDS = ['list', 'create', 'change', 'rotate', 'revoke', 'remove'] as const;
const TAKES = '[list] | create|change|rotate|revoke|remove NAME';

/** The keys of callers that the gateway has made. */
export const keys: Subcommand = {
  name: 'keys',
  takes: TAKES,
  does: 'makes, lists, changes, rotates, revokes and removes keys of callers',
  about:
    'A new key is printed once, and only its hash is stored. As soon as there is a key, every caller must send one.\n\n' +
    '  --role ROLE        admin, viewer or caller; the first key must be an admin\n' +
    '  --owner TEXT       --labels A,B\n' +
    '  --models A,B*      the names that it may ask for; * stands for any text\n' +
    '  --providers A,B    the providers that may answer it\n' +
    "  --expires 30d      or a date; 'never'\n" +
    '  --overlap 24h      how long the old key stays valid after rotate\n' +
    `${ABOUT_LIMITS}\n` +
    '  --now              revoke ends its running requests, too',
  words: [0, 2],
  completes: WORDS,
  options: {
    role: 'ROLE',
    owner: 'TEXT',
    labels: 'A,B',
    models: 'A,B*',
    providers: 'A,B',
    expires: '30d',
    overlap: '24h',
    ...limitOptions,
  },
  flags: { now: '' },
  async run(given) {
    const [what = 'list', name] = given.args;
    if (what === 'list' && name === undefined) return list(given);
    if (name === undefined || !WORDS.includes(what as (typeof WORDS)[number]) || what === 'list')
      throw unfit('keys', TAKES, given.args);
    const { gateway, options } = given;
    const path = `/keys/${encodeURIComponent(name)}`;
    switch (what) {
      case 'create':
        return shown(given, await gateway.ask<MadeKey>('POST', '/keys', { name, ...traits(given) }));
      case 'rotate': {
        const { overlap } = options;
        const body = typeof overlap === 'string' ? { oldUntil: after(overlap, 'overlap') } : {};
        return shown(given, await gateway.ask<MadeKey>('POST', `${path}/rotate`, body));
      }
      case 'change': {
        const { limits } = await gateway.ask<Key>('GET', path);
        const key = await gateway.ask<Key>('PATCH', path, traits(given, limits));
        return show(given, key, () => `${key.name} is changed\n`);
      }
      case 'revoke': {
        const key = await gateway.ask<RevokedKey>('POST', `${path}/revoke`, {
          now: options.now === true,
        });
        const ended = options.now === true ? `; ${key.ended} running requests were ended` : '';
        return show(given, key, () => `${key.name} is revoked${ended}\n`);
      }
      default: {
        const done = await gateway.ask<{ removed: string }>('DELETE', path);
        return show(given, done, () => `${done.removed} is removed\n`);
      }
    }
  },
};

async function list(given: Run): Promise<void> {
  const answer = await given.gateway.ask<Keys>('GET', '/keys');
  const head = ['name', 'role', 'begins', 'owner', 'labels', 'models', 'providers', 'last used', 'valid'];
  const rows = answer.data.map((key) => [
    key.name,
    key.role,
    key.begins,
    key.owner,
    key.labels.join(',') || '-',
    key.models.join(','),
    key.providers.join(','),
    key.lastUsed,
    key.revoked === null ? (key.expires === null ? 'always' : `until ${key.expires}`) : 'revoked',
  ]);
  show(given, answer, () => table(head, rows, given.people));
}

/** A program gets the key alone. */
function shown(given: Run, made: MadeKey): void {
  const old = made.oldUntil === null ? '' : `The old key is valid until ${made.oldUntil}.\n`;
  show(given, made, () =>
    given.people ? `${made.key}\n\nThis is shown once: keep it now.\n${old}` : `${made.key}\n`,
  );
}

/** @param before the limits that it has: those that are not named stay */
function traits({ options }: Run, before: Key['limits'] = {}): object {
  const texts = (name: string): object => {
    const value = options[name];
    return typeof value === 'string' ? { [name]: value.split(',').filter((text) => text !== '') } : {};
  };
  const { role, owner, expires } = options;
  return {
    ...(typeof role === 'string' && { role }),
    ...(typeof owner === 'string' && { owner }),
    ...texts('labels'),
    ...texts('models'),
    ...texts('providers'),
    ...(hasLimits(options) && { limits: limitsIn('keys', options, before) }),
    ...(typeof expires === 'string' && { expires: expires === 'never' ? null : after(expires, 'expires') }),
  };
}

/** A time from now on, or a date, as a date. */
function after(text: string, option: string): string {
  const ms = units.duration?.parse(text);
  const time = ms === undefined ? Date.parse(text) : Date.now() + ms;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new Failure(`keys: --${option} '${text}' is neither a time such as 30d nor a date`, EXIT.usage);
}

import { units } from '../../config/schema/units.ts';
import { EXIT, Failure } from './fail.ts';
import { show, type Run, type Subcommand } from './subcommand.ts';
import { table } from './table.ts';

type Limits = Readonly<Record<string, unknown>>;

interface Key {
  readonly name: string;
  readonly role: string;
  readonly owner: string | null;
  readonly labels: readonly string[];
  readonly models: readonly string[];
  readonly providers: readonly string[];
  readonly limits: Limits;
  readonly begins: string;
  readonly expires: string | null;
  readonly revoked: string | null;
  readonly lastUsed: string | null;
}

type Made = Key & { readonly key: string; readonly oldUntil: string | null };

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
    '  --requests minute=60,day=1000   --tokens hour=100000   --concurrency 4: its limits; none takes them away\n' +
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
    requests: 'minute=60',
    tokens: 'hour=100000',
    concurrency: '4',
  },
  flags: { now: '' },
  async run(given) {
    const [what = 'list', name] = given.args;
    if (what === 'list' && name === undefined) return list(given);
    if (name === undefined || !WORDS.includes(what as (typeof WORDS)[number]) || what === 'list')
      throw new Failure(`keys: wrong arguments\nusage: switchyard keys ${TAKES}`, EXIT.usage);
    const { gateway, options } = given;
    const path = `/keys/${encodeURIComponent(name)}`;
    switch (what) {
      case 'create':
        return shown(given, await gateway.ask<Made>('POST', '/keys', { name, ...traits(given) }));
      case 'rotate': {
        const { overlap } = options;
        const body = typeof overlap === 'string' ? { oldUntil: after(overlap, 'overlap') } : {};
        return shown(given, await gateway.ask<Made>('POST', `${path}/rotate`, body));
      }
      case 'change': {
        const { limits } = await gateway.ask<Key>('GET', path);
        const key = await gateway.ask<Key>('PATCH', path, traits(given, limits));
        return show(given, key, () => `${key.name} is changed\n`);
      }
      case 'revoke': {
        const key = await gateway.ask<Key & { ended: number }>('POST', `${path}/revoke`, {
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
  const answer = await given.gateway.ask<{ data: readonly Key[] }>('GET', '/keys');
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

/** The key alone goes to a program. */
function shown(given: Run, made: Made): void {
  const old = made.oldUntil === null ? '' : `The old key is valid until ${made.oldUntil}.\n`;
  show(given, made, () =>
    given.people ? `${made.key}\n\nThis is shown once: keep it now.\n${old}` : `${made.key}\n`,
  );
}

/** @param before the limits that it has: those that are not named stay */
function traits({ options }: Run, before: Limits = {}): object {
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
    ...(LIMITED.some((name) => options[name] !== undefined) && { limits: limitsIn(options, before) }),
    ...(typeof expires === 'string' && { expires: expires === 'never' ? null : after(expires, 'expires') }),
  };
}

const LIMITED = ['requests', 'tokens', 'concurrency'] as const;

function limitsIn(options: Run['options'], before: Limits): Limits {
  const given = LIMITED.filter((name) => typeof options[name] === 'string');
  const kept = Object.entries(before).filter(([name]) => !given.includes(name as (typeof LIMITED)[number]));
  const changed = given
    .filter((name) => options[name] !== 'none')
    .map((name) => {
      const text = options[name] as string;
      return [name, name === 'concurrency' ? amount(text, name) : perSpan(text, name)] as const;
    });
  return { ...Object.fromEntries(kept), ...Object.fromEntries(changed) };
}

const perSpan = (text: string, option: string): Limits =>
  Object.fromEntries(
    text.split(',').map((part) => {
      const [span = '', most = ''] = part.split('=');
      return [span, amount(most, option)];
    }),
  );

function amount(text: string, option: string): number {
  const whole = Number(text);
  if (text !== '' && Number.isSafeInteger(whole) && whole >= 0) return whole;
  const takes = option === 'concurrency' ? 'a whole number' : 'amounts such as minute=60,day=1000';
  throw new Failure(`keys: --${option} takes ${takes}, or none; it is '${text}'`, EXIT.usage);
}

/** A time from now on, or a date, as a date. */
function after(text: string, option: string): string {
  const ms = units.duration?.parse(text);
  const time = ms === undefined ? Date.parse(text) : Date.now() + ms;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new Failure(`keys: --${option} '${text}' is neither a time such as 30d nor a date`, EXIT.usage);
}

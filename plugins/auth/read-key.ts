import { GatewayError } from '../../core/errors.ts';
import type { KeyTraits } from './keyring.ts';
import type { Limits, PerSpan } from './limits/limits.ts';
import { ROLES, type Role } from './key-record.ts';

const DAY_MS = 86_400_000;
const MOST = 1_000;
const LONGEST = 200;

type Body = Readonly<Record<string, unknown>>;
type Readers<Members> = {
  readonly [Name in keyof Members]-?: (value: unknown, name: string) => Members[Name];
};

interface Traits extends Omit<KeyTraits, 'expiresEpochMs'> {
  readonly expires: number | null;
}

const TRAITS: Readers<Traits> = {
  name: (value, name) => {
    const text = textOf(value, name);
    return /^\S(.*\S)?$/u.test(text) ? text : refuse(name, 'a text without spaces at its ends', value);
  },
  role: (value, name) =>
    ROLES.includes(value as Role) ? (value as Role) : refuse(name, `one of ${ROLES.join(', ')}`, value),
  owner: (value, name) => (value === null ? null : textOf(value, name)),
  labels: textsOf,
  models: textsOf,
  providers: textsOf,
  limits: limitsOf,
  expires: (value, name) => (value === null ? null : timeOf(value, name)),
};

/** What a request says of a key. @throws GatewayError `invalid_request` */
export function readTraits(body: Body): Partial<KeyTraits> {
  const { expires, ...others } = read(body, TRAITS);
  return expires === undefined ? others : { ...others, expiresEpochMs: expires };
}

/** A key of which nothing but its name is said calls all models. */
export function newKey(traits: Partial<KeyTraits>): KeyTraits {
  const { name } = traits;
  if (name === undefined) throw invalid('name', "'name' is missing: give the key a name");
  const all = {
    role: 'caller',
    owner: null,
    labels: [],
    models: ['*'],
    providers: ['*'],
    limits: {},
  } as const;
  return { ...all, expiresEpochMs: null, ...traits, name };
}

/** How long the old text stays valid: a day unless said. */
export function readRotate(body: Body, nowEpochMs: number): number {
  const readers: Readers<{ oldUntil: number }> = { oldUntil: timeOf };
  return read(body, readers).oldUntil ?? nowEpochMs + DAY_MS;
}

export function readRevoke(body: Body): { readonly now: boolean } {
  const readers: Readers<{ now: boolean }> = {
    now: (value, name) => (typeof value === 'boolean' ? value : refuse(name, 'true or false', value)),
  };
  return { now: read(body, readers).now ?? false };
}

function read<Members extends object>(body: Body, readers: Readers<Members>, path = ''): Partial<Members> {
  const names = Object.keys(readers);
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => {
      if (!Object.hasOwn(readers, name))
        throw invalid(
          path + name,
          `there is no member '${(path + name).slice(0, 100)}' here; there are: ${names.join(', ')}`,
        );
      return [name, readers[name as keyof Members](value, path + name)];
    }),
  ) as Partial<Members>;
}

function limitsOf(value: unknown, name: string): Limits {
  const perSpan = (amounts: unknown, path: string): PerSpan =>
    read(objectOf(amounts, path), { minute: amountOf, hour: amountOf, day: amountOf }, `${path}.`);
  return read(
    objectOf(value, name),
    { requests: perSpan, tokens: perSpan, concurrency: amountOf },
    `${name}.`,
  );
}

const objectOf = (value: unknown, name: string): Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Body)
    : refuse(name, 'an object', value);

const amountOf = (value: unknown, name: string): number =>
  Number.isSafeInteger(value) && (value as number) >= 0
    ? (value as number)
    : refuse(name, 'a whole number from 0', value);

function textOf(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= LONGEST && !/\p{Cc}/u.test(value))
    return value;
  return refuse(name, `a text of 1 to ${LONGEST} characters in one line`, value);
}

function textsOf(value: unknown, name: string): string[] {
  if (!Array.isArray(value) || value.length > MOST)
    return refuse(name, `a list of at most ${MOST} texts`, value);
  return value.map((item) => textOf(item, name));
}

function timeOf(value: unknown, name: string): number {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? refuse(name, 'a time such as 2027-01-31T00:00:00Z', value) : time;
}

function refuse(name: string, must: string, value: unknown): never {
  throw invalid(
    name,
    `'${name}' must be ${must}; it is ${(JSON.stringify(value) ?? 'absent').slice(0, 100)}`,
  );
}

const invalid = (param: string, message: string): GatewayError =>
  new GatewayError('invalid_request', message, { param });

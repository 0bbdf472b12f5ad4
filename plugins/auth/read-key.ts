import type { KeyTraits } from './keyring.ts';
import { limitsOf } from './limits/read-limits.ts';
import {
  invalid,
  nameOf,
  oneOf,
  read,
  refuse,
  textOf,
  textsOf,
  type Body,
  type Readers,
} from './read-members.ts';
import { ROLES, type Role } from './key-record.ts';

const DAY_MS = 86_400_000;

interface Traits extends Omit<KeyTraits, 'expiresEpochMs'> {
  readonly expires: number | null;
}

const TRAITS: Readers<Traits> = {
  name: nameOf,
  role: oneOf<Role>(ROLES),
  owner: (value, name) => (value === null ? null : textOf(value, name)),
  labels: textsOf,
  models: textsOf,
  providers: textsOf,
  limits: limitsOf,
  expires: (value, name) => (value === null ? null : timeOf(value, name)),
};

/** The members of a key in a request. @throws GatewayError `invalid_request` */
export function readTraits(body: Body): Partial<KeyTraits> {
  const { expires, ...others } = read(body, TRAITS);
  return expires === undefined ? others : { ...others, expiresEpochMs: expires };
}

/** The defaults of a new key: it may call all models. */
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

function timeOf(value: unknown, name: string): number {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? refuse(name, 'a time such as 2027-01-31T00:00:00Z', value) : time;
}

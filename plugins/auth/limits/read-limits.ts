import {
  nameOf,
  objectOf,
  oneOf,
  read,
  refuse,
  textOf,
  textsOf,
  type Body,
  type Readers,
} from '../read-members.ts';
import {
  DIMENSIONS,
  type Dimension,
  type Limits,
  type LimitTraits,
  type PerSpan,
  type Where,
} from './limits.ts';

const LIMITS: Readers<Limits> = {
  requests: (value, name) => perSpan(value, name, amountOf),
  tokens: (value, name) => perSpan(value, name, amountOf),
  dollars: (value, name) => perSpan(value, name, dollarsOf),
  concurrency: amountOf,
  unknownPrice: oneOf(['pass', 'refuse'] as const),
};

const WHERE: Readers<Where> = {
  key: patternsOf,
  owner: patternsOf,
  label: patternsOf,
  model: patternsOf,
  provider: patternsOf,
};

/** A limit with its name, as the API takes it. */
export type NamedLimit = LimitTraits & { readonly name: string };

const NAMED: Readers<NamedLimit> = {
  ...LIMITS,
  name: nameOf,
  per: dimensionsOf,
  where: (value, name) => read(objectOf(value, name), WHERE, `${name}.`),
};

/** What a key may use. @throws GatewayError `invalid_request` */
export const limitsOf = (value: unknown, name: string): Limits =>
  read(objectOf(value, name), LIMITS, `${name}.`);

/** The members of a limit in a request; null removes one. @throws GatewayError `invalid_request` */
export function readLimit(body: Body): Partial<NamedLimit> {
  const isNull = (name: string): boolean => body[name] === null && Object.hasOwn(NAMED, name);
  const given = Object.entries(body).filter(([name]) => !isNull(name));
  const gone = Object.keys(body).filter(isNull);
  return {
    ...read(Object.fromEntries(given), NAMED),
    ...Object.fromEntries(gone.map((name) => [name, undefined])),
  };
}

function perSpan(value: unknown, path: string, amount: (value: unknown, name: string) => number): PerSpan {
  const readers = { minute: amount, hour: amount, day: amount, month: amount, total: amount };
  return read(objectOf(value, path), readers, `${path}.`);
}

function amountOf(value: unknown, name: string): number {
  return Number.isSafeInteger(value) && (value as number) >= 0
    ? (value as number)
    : refuse(name, 'a whole number from 0', value);
}

/** The most is far below where nano-dollars are no longer exact. */
function dollarsOf(value: unknown, name: string): number {
  return typeof value === 'number' && value >= 0 && value <= 1e6
    ? value
    : refuse(name, 'a number of dollars from 0 to 1000000', value);
}

function patternsOf(value: unknown, name: string): string | string[] {
  return typeof value === 'string' ? textOf(value, name) : textsOf(value, name);
}

function dimensionsOf(value: unknown, name: string): Dimension[] {
  return textsOf(value, name).map((item) => oneOf(DIMENSIONS)(item, name));
}

import { GatewayError } from '../../core/errors.ts';

/** most items of a list, and characters of a text */
const MOST = 1_000;
const LONGEST = 200;

export type Body = Readonly<Record<string, unknown>>;
export type Readers<Members> = {
  readonly [Name in keyof Members]-?: (value: unknown, name: string) => Members[Name];
};

/** The present members of a body, each read by its own reader. @throws GatewayError `invalid_request` */
export function read<Members extends object>(
  body: Body,
  readers: Readers<Members>,
  path = '',
): Partial<Members> {
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

export const objectOf = (value: unknown, name: string): Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Body)
    : refuse(name, 'an object', value);

export function oneOf<Word extends string>(words: readonly Word[]) {
  return (value: unknown, name: string): Word =>
    words.includes(value as Word) ? (value as Word) : refuse(name, `one of ${words.join(', ')}`, value);
}

/** Of a thing that is known by its name. */
export function nameOf(value: unknown, name: string): string {
  const text = textOf(value, name);
  return /^\S(.*\S)?$/u.test(text) ? text : refuse(name, 'a text without spaces at its ends', value);
}

export function textOf(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= LONGEST && !/\p{Cc}/u.test(value))
    return value;
  return refuse(name, `a text of 1 to ${LONGEST} characters in one line`, value);
}

export function textsOf(value: unknown, name: string): string[] {
  if (!Array.isArray(value) || value.length > MOST)
    return refuse(name, `a list of at most ${MOST} texts`, value);
  return value.map((item) => textOf(item, name));
}

export function refuse(name: string, must: string, value: unknown): never {
  throw invalid(
    name,
    `'${name}' must be ${must}; it is ${(JSON.stringify(value) ?? 'absent').slice(0, 100)}`,
  );
}

export const invalid = (param: string, message: string): GatewayError =>
  new GatewayError('invalid_request', message, { param });

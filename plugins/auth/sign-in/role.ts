import type { OidcOptions } from './options.ts';
import type { Session } from './sessions.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** The role that the claims of a person give; undefined: none. */
export function roleOf(claims: Claims, { claim, admins, viewers }: OidcOptions): Session['role'] | undefined {
  // Some providers let people write any address, and some say so in a text.
  if (claim === 'email' && String(claims['email_verified']) === 'false') return undefined;
  const held = new Set(valuesAt(claims, claim));
  const has = (wanted: readonly string[]): boolean =>
    wanted.some((value) => held.has(value) || value === '*');
  return has(admins) ? 'admin' : has(viewers) ? 'viewer' : undefined;
}

/** By its whole name first: names may be URLs. */
export function valuesAt(claims: Claims, path: string): string[] {
  const found = path in claims ? claims[path] : path.split('.').reduce<unknown>(memberOf, claims);
  return [found].flat().filter((value): value is string => typeof value === 'string');
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Claims)[name] : undefined;

/** A person's name in traces and the log. */
export function nameOf(claims: Claims): string {
  const found = ['email', 'preferred_username', 'name', 'sub'].map((name) => claims[name]);
  return found.find((value): value is string => typeof value === 'string' && value !== '') ?? 'unknown';
}

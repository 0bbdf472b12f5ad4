import { createHash, randomBytes } from 'node:crypto';
import type { Limits } from './limits/limits.ts';

/** What a key may do: manage the gateway, look at it, or call models. */
export const ROLES = ['admin', 'viewer', 'caller'] as const;
export type Role = (typeof ROLES)[number];

/** A key as it is stored: what it may do, and digests instead of the key. Times in ms since 1970. */
export interface KeyRecord {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly owner: string | null;
  readonly labels: readonly string[];
  /** names that it may ask for, `*` for any text */
  readonly models: readonly string[];
  readonly providers: readonly string[];
  readonly limits: Limits;
  readonly createdEpochMs: number;
  readonly expiresEpochMs: number | null;
  readonly revokedEpochMs: number | null;
  /** It was revoked so that what ran with it ended. */
  readonly endsRunning?: true;
  readonly secrets: readonly Secret[];
}

/** One of a key's texts: a rotated key has an old one for a while. */
export interface Secret {
  /** SHA-256 in hex: the text is random and long, so a slow hash would protect nothing more */
  readonly digest: string;
  /** the first characters, by which its holder recognises it */
  readonly begins: string;
  /** null: as long as the key */
  readonly untilEpochMs: number | null;
}

const PREFIX = 'sk-sy-';
const SHOWN = PREFIX.length + 4;

/** A new text for a key, which is shown once, and what is stored of it. */
export function newSecret(): { readonly text: string; readonly secret: Secret } {
  const text = PREFIX + randomBytes(32).toString('base64url');
  return { text, secret: { digest: digestOf(text), begins: text.slice(0, SHOWN), untilEpochMs: null } };
}

export const newId = (): string => `key_${randomBytes(9).toString('base64url')}`;

/** Keys are found by their digest: the time that it takes reveals nothing about unknown keys. */
export const digestOf = (key: string): string => createHash('sha256').update(key).digest('hex');

import type { TextPlace } from '../../core/contracts/index.ts';
import { isObject, type Json } from './json.ts';

type More = Omit<TextPlace, 'owner' | 'name'>;

/** The texts among these members of an object. */
export function textsAt(owner: unknown, names: readonly string[], more: More = {}): TextPlace[] {
  if (!isObject(owner)) return [];
  const there = names.filter((name) => typeof owner[name] === 'string');
  // Each member is a text of its own.
  return there.map((name) => ({
    owner,
    name,
    ...more,
    ...(more.channel !== undefined && { channel: `${more.channel}.${name}` }),
  }));
}

/** All texts below, such as those of a tool's input. */
export function textsBelow(value: unknown): TextPlace[] {
  if (typeof value !== 'object' || value === null) return [];
  const owner = value as Json;
  return Object.keys(owner).flatMap((name) =>
    typeof owner[name] === 'string' ? [{ owner, name }] : textsBelow(owner[name]),
  );
}

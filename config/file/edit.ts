import { isDeepStrictEqual } from 'node:util';
import { editYaml } from './edit-yaml.ts';
import { isMembers } from '../choose-plugins.ts';
import type { Path } from '../path.ts';
import { parse } from './source.ts';

/** A value to write at a path of a config; undefined: nothing stands there any more. */
export interface Edit {
  readonly path: Path;
  readonly value: unknown;
}

/**
 * The text of a config with other values at some paths, all else unchanged: comments, order, variables.
 * @returns undefined where that is impossible, such as in a value that a YAML anchor shares with another path
 */
export function edited(text: string, edits: readonly Edit[]): string | undefined {
  const before = parse(text, 'config').value ?? {};
  const wanted = withEdits(before, edits);
  const after = isJson(text) ? json(wanted, text) : editYaml(text, edits);
  return isDeepStrictEqual(plain(parse(after, 'config').value), plain(wanted)) ? after : undefined;
}

/** A copy with other values at some paths. */
export const withEdits = (value: unknown, edits: readonly Edit[]): unknown =>
  edits.reduce((at, edit) => put(at, edit.path, edit.value), value);

function put(at: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(at)) return at.map((entry, index) => (index === step ? put(entry, rest, value) : entry));
  const members = isMembers(at) ? Object.entries(at) : [];
  const old = members.find(([key]) => key === step);
  if (value === undefined && (rest.length === 0 || !old))
    return old ? Object.fromEntries(members.filter((one) => one !== old)) : at;
  const changed = [step, put(old?.[1], rest, value)] as const;
  return Object.fromEntries(
    old ? members.map((one) => (one === old ? changed : one)) : [...members, changed],
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function json(value: unknown, like: string): string {
  const indent = /^[ \t]+(?=")/m.exec(like)?.[0] ?? (like.includes('\n') ? 2 : 0);
  return JSON.stringify(value, null, indent) + (like.endsWith('\n') ? '\n' : '');
}

/** Without the YAML parser's key objects: maps compare by their members alone. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? {}));

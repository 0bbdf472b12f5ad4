import { isTelling } from '../../../wire/credentials.ts';
import type { ProcessSpec } from '../../../core/contracts/index.ts';

const MASK = '***';
/** Shorter texts could stand anywhere. */
const SHORTEST = 4;
/** A setting that only sounds like a secret is shorter. */
const SHORTEST_SETTING = 8;

/** Texts to hide in the output of one run: its secrets, its key, settings with names like secrets. */
export function secretsOf({ secrets = {}, env }: ProcessSpec, key: string): string[] {
  const given = Object.values(secrets).map(({ value = '' }) => value);
  const settings = Object.entries(env)
    .filter(([name, value]) => isTelling(name) && value.length >= SHORTEST_SETTING && !/\{\w+\}/.test(value))
    .map(([, value]) => value);
  return [key, ...given, ...settings];
}

/** Hides texts wherever they stand in a line, as they are or as JSON, URLs and base64 write them. */
export function masker(texts: readonly string[]): (line: string) => string {
  const hidden = new Set(texts.flatMap(formsOf).filter((form) => form.length >= SHORTEST));
  if (hidden.size === 0) return (line) => line;
  // The longest first: one may be the beginning of another.
  const all = [...hidden].toSorted((one, other) => other.length - one.length);
  const pattern = new RegExp(
    all.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)).join('|'),
    'g',
  );
  return (line) => line.replace(pattern, MASK);
}

/** A text of several lines is found line by line. */
function formsOf(text: string): string[] {
  const lines = text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line.length >= SHORTEST);
  return [text, ...lines].flatMap((part) => [
    part,
    JSON.stringify(part).slice(1, -1),
    encodeURIComponent(part),
    Buffer.from(part).toString('base64').replace(/=+$/, ''),
  ]);
}

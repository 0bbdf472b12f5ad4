import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Loaded } from '../check.ts';
import { valueAt } from '../path.ts';
import { FIXED, FIXED_FEATURES, LIVE, liveFeatures, type LoadedSettings } from './running.ts';

type Given = Pick<LoadedSettings, 'registry' | 'replacesFeatures'>;

/** What differs in two configs and is in force: sections, and files of plugins whose code has changed. */
export function changedIn(before: Loaded, after: Loaded, given: Given): string[] {
  const takesRestart = takingRestart(after, given);
  const isChanged = (name: string): boolean =>
    !takesRestart(name) && isOther(before, after, name, name === 'server' ? ADDRESS : []);
  const code = [...after.code].filter(([file, digest]) => (before.code.get(file) ?? digest) !== digest);
  return [...namesIn(before, after).filter(isChanged), ...code.map(([file]) => basename(file))];
}

/** Sections that differ from what the gateway has started with, and take a restart. */
export function waitingIn(begun: Loaded, now: Loaded, given: Given): string[] {
  const takesRestart = takingRestart(now, given);
  return namesIn(begun, now).filter((name) => {
    const [one, other] = [begun, now].map(({ written }) => valueAt(written, [name]));
    if (takesRestart(name)) return !isDeepStrictEqual(one, other);
    return name === 'server' && ADDRESS.some((word) => valueAt(one, [word]) !== valueAt(other, [word]));
  });
}

function takingRestart(now: Loaded, { registry, replacesFeatures }: Given): (name: string) => boolean {
  const live: ReadonlySet<string> = new Set([...LIVE, ...liveFeatures(registry, now)]);
  const fixed: ReadonlySet<string> = new Set([...FIXED, ...FIXED_FEATURES]);
  return (name) => (replacesFeatures ? fixed.has(name) : !live.has(name));
}

/** Of `server`, what takes a restart. */
const ADDRESS = ['host', 'port', 'threads'];

const namesIn = (...all: readonly Loaded[]): string[] => [
  ...new Set(
    all.flatMap(({ written, config: { features, ...config } }) => [
      ...Object.keys(config),
      ...Object.keys(features),
      ...Object.keys(written as object),
    ]),
  ),
];

/** A variable, a secret or a file that a section refers to may have changed without a change of its text. */
function isOther(one: Loaded, other: Loaded, name: string, without: readonly string[]): boolean {
  const [before, after] = [one, other].map(({ config, written }) => {
    const value = Object.hasOwn(config, name)
      ? (config as unknown as Record<string, unknown>)[name]
      : config.features[name];
    return [value, valueAt(written, [name])].map((part) => reduced(part, without));
  });
  return !isDeepStrictEqual(before, after);
}

/** A section that has nothing else is as good as none. */
function reduced(value: unknown, without: readonly string[]): unknown {
  if (without.length === 0) return value;
  return Object.fromEntries(Object.entries(value ?? {}).filter(([key]) => !without.includes(key)));
}

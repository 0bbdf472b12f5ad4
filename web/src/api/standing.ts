import type { Provider, State, TargetStanding } from './types.ts';

/** Its state, or `blocked` where each of its targets is left alone. */
export function standingOf({ state, targets }: Provider): State {
  if (state !== 'healthy' && state !== 'available') return state;
  return targets.length > 0 && targets.every(isLeftAlone) ? 'blocked' : state;
}

/** Now, or as soon as it is asked: a program that starts on demand. */
export function canAnswer(provider: Provider): boolean {
  const { process, lacks } = provider;
  const state = standingOf(provider);
  if (state === 'healthy' || state === 'available') return true;
  return process?.start === 'on-demand' && lacks.length === 0 && (state === 'stopped' || state === 'absent');
}

/** For another reason than that it does not run. */
export const isLeftAlone = ({ blocks }: TargetStanding): boolean =>
  Object.keys(blocks).some((reason) => reason !== 'stopped');

/** What its program says while it installs or starts. */
export function progressOf({ process }: Provider): string | undefined {
  const progress = process?.progress;
  if (progress === null || progress === undefined) return undefined;
  return typeof progress === 'string' ? progress : progress.line;
}

/** What its blocks say, each once. */
export function blocksOf({ targets }: Provider): string {
  const told = targets.flatMap(({ blocks }) =>
    Object.entries(blocks).map(([reason, block]) => block.detail || reason),
  );
  return [...new Set(told)].join('; ');
}

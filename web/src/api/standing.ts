import type { Provider, TargetStanding } from './types.ts';

/** Now, or as soon as it is asked: a program that starts on demand. */
export function canAnswer({ process, lacks, state }: Provider): boolean {
  if (state === 'healthy' || state === 'available' || state === 'unknown') return true;
  return process?.start === 'on-demand' && lacks.length === 0 && (state === 'stopped' || state === 'absent');
}

/** For another reason than that it does not run. */
export const isLeftAlone = ({ blocks }: TargetStanding): boolean =>
  Object.keys(blocks).some((reason) => reason !== 'stopped');

/** What its program says while it installs or starts. */
export function progressOf({ process }: Provider): string | undefined {
  return process?.progress?.line;
}

/** What its blocks say, each once. */
export function blocksOf({ targets }: Provider): string {
  const told = targets.flatMap(({ blocks }) =>
    Object.entries(blocks).map(([reason, block]) => block.detail || reason),
  );
  return [...new Set(told)].join('; ');
}

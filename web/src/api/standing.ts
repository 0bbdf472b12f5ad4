import type { Provider, TargetStanding } from './types.ts';

/** It can answer now, or as soon as a request starts it. */
export function canAnswer({ process, lacks, state }: Provider): boolean {
  if (state === 'healthy' || state === 'available' || state === 'unknown') return true;
  return process?.start === 'on-demand' && lacks.length === 0 && (state === 'stopped' || state === 'absent');
}

/** Blocked for another reason than its process. */
export const isLeftAlone = ({ blocks }: TargetStanding): boolean =>
  Object.keys(blocks).some((reason) => reason !== 'stopped');

/** Its program's last output while it installs or starts. */
export function progressOf({ process }: Provider): string | undefined {
  return process?.progress?.line;
}

/** The reasons of its blocks, each once. */
export function blocksOf({ targets }: Provider): string {
  const told = targets.flatMap(({ blocks }) =>
    Object.entries(blocks).map(([reason, block]) => block.detail || reason),
  );
  return [...new Set(told)].join('; ');
}

import type { Provider, TargetStanding } from './types.ts';

/** It can answer now, or as soon as a request starts it. */
export function canAnswer({ process, lacks, state }: Provider): boolean {
  if (state === 'healthy' || state === 'available' || state === 'unknown') return true;
  return process?.start === 'on-demand' && lacks.length === 0 && (state === 'stopped' || state === 'absent');
}

/** Blocked for another reason than its process. */
export const isLeftAlone = ({ blocks }: TargetStanding): boolean =>
  Object.keys(blocks).some((reason) => reason !== 'stopped');

/** What the targets of a provider have shown: the slowest first token in ms, and the most errors, 0 to 1. undefined: not known yet */
export function worstOf({ targets }: Pick<Provider, 'targets'>): {
  readonly ttft: number | undefined;
  readonly errorRate: number | undefined;
} {
  const asked = targets.filter(({ latency, errorRate }) => latency > 0 || errorRate > 0);
  const firsts = targets.flatMap(({ ttft }) => (ttft > 0 ? [ttft] : []));
  return {
    ttft: firsts.length === 0 ? undefined : Math.max(...firsts),
    errorRate: asked.length === 0 ? undefined : Math.max(...asked.map(({ errorRate }) => errorRate)),
  };
}

/** A share of errors that is worth a colour. */
export const isHigh = (errorRate: number | undefined): boolean => errorRate !== undefined && errorRate >= 0.1;

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

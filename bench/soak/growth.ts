import type { Sample } from './subject.ts';

/** How much more there may be in the last third of the samples than in the middle one. */
const FILES = 15;
const THREADS = 3;
/** How much more memory may be used at the end, as a factor, and MiB that say nothing. */
const MEMORY = 1.3;
const NOISE = 8;

/**
 * What has grown after the first third, which warms up and has the restarts.
 * @param live MiB used after a full collection, first and last
 */
export function growth(samples: readonly Sample[], live: readonly [first: number, last: number]): string[] {
  const grown: string[] = [];
  if (live[1] > MEMORY * live[0] + NOISE) grown.push(`memory in use: from ${live[0]} to ${live[1]} MiB`);
  const third = Math.floor(samples.length / 3);
  for (const [member, more] of [
    ['files', FILES],
    ['threads', THREADS],
  ] as const) {
    const [middle, last] = [samples.slice(third, 2 * third), samples.slice(2 * third)].map((part) =>
      median(part.map((one) => one[member])),
    ) as [number, number];
    if (last > middle + more) grown.push(`${member}: from ${middle} to ${last}`);
  }
  return grown;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity;

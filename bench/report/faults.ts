import type { Results } from '../experiment.ts';

/** Losses of each strategy: speed may vary with the machine, losses may not. */
export interface Fault {
  text: string;
  isOurs: boolean;
}

export function faults(results: Results): Fault[] {
  return results.flatMap(([experiment, cases]) =>
    [...cases].flatMap(([title, rounds]) =>
      [...rounds].flatMap(([peer, samples]) =>
        samples.flatMap((sample, round) =>
          experiment.faults(sample).map((words) => ({
            text: `${peer}, ${title}, round ${round + 1}: ${words}`,
            isOurs: 'run' in experiment || peer === 'switchyard',
          })),
        ),
      ),
    ),
  );
}

export const lost = (found: readonly Fault[]): string =>
  found.length === 0
    ? 'Nothing was lost.\n'
    : `## Lost\n\n${found.map(({ text }) => `- ${text}`).join('\n')}\n`;

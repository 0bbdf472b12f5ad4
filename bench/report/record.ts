import { mkdirSync, writeFileSync } from 'node:fs';
import type { Results } from '../experiment.ts';
import { here } from '../peer.ts';
import type { Facts } from './machine.ts';

/** Keeps every sample of a run, git-ignored, for a later analysis. */
export function keep(facts: Facts, results: Results): void {
  const samples = Object.fromEntries(
    results.map(([{ name }, cases]) => [
      name,
      Object.fromEntries([...cases].map(([title, rounds]) => [title, Object.fromEntries(rounds)])),
    ]),
  );
  mkdirSync(here('.work'), { recursive: true });
  writeFileSync(
    here(`.work/${facts['date']?.replaceAll(/[^\d]/g, '-')}.json`),
    `${JSON.stringify({ facts, samples }, undefined, 2)}\n`,
  );
}

/** Overwrites RESULTS.md with a whole run. */
export function record(report: string): void {
  writeFileSync(
    here('RESULTS.md'),
    `# Results\n\nWritten by the bench; what the numbers mean is in [README.md](README.md).\n\n${report}`,
  );
}

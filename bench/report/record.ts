import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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

const SOAK = '\n## Soak\n';

/** Overwrites RESULTS.md with a whole run; the figures of the soak stay. */
export function record(report: string): void {
  write(
    `# Results\n\nWritten by the bench; what the numbers mean is in [README.md](README.md).\n\n${report}`,
    parts()[1],
  );
}

/** Overwrites the figures of the soak in RESULTS.md. */
export function recordSoak(report: string): void {
  write(parts()[0], report);
}

function parts(): [bench: string, soak: string | undefined] {
  const [bench = '', soak] = readFileSync(here('RESULTS.md'), 'utf8').split(SOAK);
  return [bench, soak?.trimStart()];
}

function write(bench: string, soak: string | undefined): void {
  writeFileSync(here('RESULTS.md'), bench + (soak === undefined ? '' : `${SOAK}\n${soak}`));
}

import type { Options } from './options.ts';
import type { Rig } from './rig.ts';

/** Measurements of one peer in one round; a number that could not be measured is left out. */
export type Sample = Record<string, number | undefined>;

/** Samples of one case by peer (of a study: by row), one per round. */
export type Rounds = Map<string, Sample[]>;

/** Results of a run: each experiment with its cases by title. */
export type Results = [Experiment | Study, Map<string, Rounds>][];

/** A column of a case's table: what it shows of a peer over all rounds. */
export interface Column {
  title: string;
  digits: number;
  of(rounds: Rounds, peer: string): number | undefined;
}

interface Part {
  name: string;
  columns: readonly Column[];
  /** What must not happen, in words, in one sample. */
  faults(sample: Sample): string[];
}

/** Something to measure of every peer: one file in `experiments/`. */
export interface Experiment extends Part {
  /** most rounds it needs; more would show nothing new */
  rounds?: number;
  /** peers that it does not apply to */
  without?: readonly string[];
  /** its upstream is asked by TLS */
  isSecure?: boolean;
  /** Measures one peer in a fresh rig: a sample per case, by the title of its table. */
  measure(rig: Rig, isQuick: boolean): Promise<Record<string, Sample>>;
}

/** Measured of the gateway alone; the rows of its tables are its own. */
export interface Study extends Part {
  /** Takes so long that it is no part of a whole run: it must be named. */
  isLong?: boolean;
  run(options: Options): Promise<Map<string, Rounds>>;
}

/** Words for each count that is not zero. */
export const told = (sample: Sample, words: Record<string, string>): string[] =>
  Object.entries(words)
    .filter(([key]) => (sample[key] ?? 0) > 0)
    .map(([key, word]) => `${sample[key]} ${word}`);

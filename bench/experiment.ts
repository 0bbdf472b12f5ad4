import type { Options } from './options.ts';
import type { Rig } from './rig.ts';

/** What was measured of one peer in one round; a number that could not be measured is left out. */
export type Sample = Record<string, number | undefined>;

/** Samples of one case by peer (of a study: by row), one per round. */
export type Rounds = Map<string, Sample[]>;

/** What a run found: each part with its cases by title. */
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
  /** What must not happen, in words, of one sample. */
  faults(sample: Sample): string[];
}

/** Something to measure of every peer: one file in `experiments/`. */
export interface Experiment extends Part {
  /** How many rounds it needs at most; more would say nothing new. */
  rounds?: number;
  /** Peers it says nothing about. */
  without?: readonly string[];
  /** Measures one peer in a fresh rig: a sample per case, named as the table will be. */
  measure(rig: Rig, isQuick: boolean): Promise<Record<string, Sample>>;
}

/** Something that is told of the gateway alone; the rows of its tables are its own. */
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

import type { Program } from '../answers.ts';
import type { Result } from '../results.ts';

/** A program that can be fetched. */
export interface Candidate {
  readonly name: string;
  /** the config names it */
  readonly named: boolean;
  /** it was fetched before */
  readonly present: boolean;
  readonly notes: Program['notes'];
}

/** The part that fetches and installs: a running gateway, or the command itself. */
export interface Populating {
  /**
   * @param names those that were named; none: all
   * @throws Failure where one does not exist
   */
  readonly candidates: (names: readonly string[]) => Promise<readonly Candidate[]>;
  readonly populate: (
    name: string,
    way: { readonly tell: (line: string) => void; readonly signal: AbortSignal },
  ) => Promise<Result>;
  /** the state after an interruption, as a sentence */
  readonly interrupted: string;
}

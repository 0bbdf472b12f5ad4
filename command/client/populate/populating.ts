import type { Notes } from '../act.ts';
import type { Result } from '../results.ts';

/** A program that could be fetched. */
export interface Candidate {
  readonly name: string;
  /** the config names it */
  readonly named: boolean;
  /** it was fetched before */
  readonly present: boolean;
  readonly notes: Notes;
}

/** Who fetches and installs. */
export interface Populating {
  /**
   * @param names those that were named; none: all there are
   * @throws Failure where one is not there
   */
  readonly candidates: (names: readonly string[]) => Promise<readonly Candidate[]>;
  readonly populate: (
    name: string,
    way: { readonly tell: (line: string) => void; readonly signal: AbortSignal },
  ) => Promise<Result>;
  /** what is true when it is interrupted */
  readonly interrupted: string;
}

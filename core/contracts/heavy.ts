/** Work on bodies that are too long for the event loop. Jobs are plain data, so that they can go to another thread. */
import type { Members } from '../body/members.ts';
import type { Quirks } from '../contracts.ts';
import type { Verdict } from './dialect.ts';

export interface Heavy {
  /** from so many bytes on a body is worked on elsewhere */
  readonly from: number;
  readonly request: (job: RequestJob) => Promise<Said>;
  readonly answer: (job: AnswerJob) => Promise<Remade | undefined>;
}

/** A request's JSON body, to be said as a target takes it. */
export interface RequestJob {
  readonly raw: Uint8Array;
  /** the API that it is in */
  readonly surface: string;
  /** name of the translation it needs; undefined: none */
  readonly translation: string | undefined;
  /** lists of text parts become one string each */
  readonly flat: boolean;
  /** members of it that will be looked for */
  readonly names: readonly string[];
}

/** A request's body as a target takes it. */
export interface Said {
  readonly raw: Buffer;
  readonly members?: Members | undefined;
}

/** An answer's JSON body, to be judged and made into what the caller expects. */
export interface AnswerJob {
  readonly body: Uint8Array;
  /** the API that it is in */
  readonly surface: string;
  /** of the provider, where they are to be mended; undefined: it has none */
  readonly quirks: Quirks | undefined;
  /** the name that was asked for */
  readonly model: string;
  /** the caller wants a stream; what its request says of that, as JSON */
  readonly unfold: Uint8Array | undefined;
  readonly translation: string | undefined;
}

export interface Remade {
  readonly verdict: Verdict;
  readonly body: Buffer;
  readonly contentType: string;
}

import type { Verdict } from '../../core/contracts/index.ts';

export const CONTENT: Verdict = { kind: 'content' };
export const EMPTY: Verdict = { kind: 'empty' };
export const ENDED: Verdict = { kind: 'empty', ended: true };

/** An error inside a 200, with a default text where the upstream gave none. */
export const error = (text = 'the upstream answered with an error and no text'): Verdict => ({
  kind: 'error',
  message: text,
});

import type { Call } from '../../../../core/contracts/index.ts';

/** A list of them that is not empty. */
const STOPS = /"stopSequences"\s*:\s*\[\s*[^\]\s]/;

/** Whether the caller gave stop sequences. Only checked where an answer is empty. */
export const hasStop = ({ raw }: Call): boolean => STOPS.test(raw.toString('latin1'));

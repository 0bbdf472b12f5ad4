import { clock } from './time.ts';

/** Until when something is left alone, where that is known. */
export const untilWords = (until: string | null): string => (until === null ? '' : `until ${clock(until)}`);

import { clock } from './time.ts';

/** Until when a block lasts, where that is known. */
export const untilWords = (until: string | null): string => (until === null ? '' : `until ${clock(until)}`);

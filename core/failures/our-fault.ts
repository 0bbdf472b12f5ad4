import type { Attempt } from '../contracts/index.ts';

/** Whether an attempt failed for a reason of the gateway's, or of a plugin's: that says nothing about its target. */
export const isOurFault = ({ reason }: Attempt): boolean => reason === 'internal';

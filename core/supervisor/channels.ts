import { channel } from 'node:diagnostics_channel';
import type { Change } from './state.ts';

/** `ProcessChanged` at each change of a local process. */
export const processChannel = channel('switchyard:process');
/** `Progressed` at each step of a start or an installation, and at its end. */
export const progressChannel = channel('switchyard:progress');

export interface ProcessChanged {
  /** the provider's */
  readonly name: string;
  readonly change: Change;
  /** whose process it is; there may be several houses in one */
  readonly house: unknown;
}

export interface Progressed {
  readonly name: string;
  /** null: it is over */
  readonly line: string | null;
  /** when it began, ms since 1970 */
  readonly since: number;
  readonly house: unknown;
}

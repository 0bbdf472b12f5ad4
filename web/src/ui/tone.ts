import type { State } from '../api/types.ts';

/** The meaning of a colour. A colour is never alone: a word or a shape is beside it. */
export type Tone = 'well' | 'busy' | 'warn' | 'bad' | 'off';

const TONES: Readonly<Record<State, Tone>> = {
  healthy: 'well',
  available: 'well',
  installing: 'busy',
  starting: 'busy',
  stopping: 'busy',
  unhealthy: 'warn',
  blocked: 'warn',
  backoff: 'bad',
  failed: 'bad',
  stopped: 'off',
  absent: 'off',
  unknown: 'off',
};

export const toneOf = (state: State): Tone => TONES[state] ?? 'off';

/** Text in a tone. */
export const TEXT: Readonly<Record<Tone, string>> = {
  well: 'text-well',
  busy: 'text-busy',
  warn: 'text-warn',
  bad: 'text-bad',
  off: 'text-ink-faint',
};

/** A surface in a tone, with its text. */
export const SURFACE: Readonly<Record<Tone, string>> = {
  well: 'bg-well-soft text-well',
  busy: 'bg-busy-soft text-busy',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  off: 'bg-sunken text-ink-soft',
};

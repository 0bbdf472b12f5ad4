import type { Ending, RequestSummary, State } from '../api/types.ts';

const ENDINGS: Readonly<Record<Ending, string>> = {
  complete: 'complete',
  error: 'error',
  cut: 'cut off',
  stalled: 'stalled',
  refused: 'failed',
  left: 'cancelled',
};

/** How a request ended. */
export const endingWords = (ending: Ending): string => ENDINGS[ending] ?? ending;

const STATES: Partial<Readonly<Record<State, string>>> = {
  absent: 'not installed',
  backoff: 'restarting soon',
};

/** A provider's state. */
export const stateWords = (state: State): string => STATES[state] ?? state;

const BLOCKS: Readonly<Record<string, string>> = {
  breaker: 'failures',
  quota: 'rate limit',
  incomplete: 'needs setup',
  stopped: 'not running',
};

/** Why a target is blocked; a process's state is a reason, too. */
export const blockWords = (reason: string): string => BLOCKS[reason] ?? stateWords(reason as State);

/** The provider that answered, or the last one that was tried. */
export function providerWords({
  provider,
  status,
  ending,
}: Pick<RequestSummary, 'provider' | 'status' | 'ending'>): string {
  if (provider === null) return 'no provider';
  const isFailed = ending === 'refused' && status !== null && status >= 500;
  return isFailed ? `${provider} (failed)` : provider;
}

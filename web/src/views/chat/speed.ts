import type { AttemptTrace, RequestTrace } from '../../api/types.ts';
import type { Answer } from './conversation/conversation.ts';

interface Speed {
  readonly tokensPerSecond: number | undefined;
  /** counted by chunks, or by what the browser saw, which may have come in one go */
  readonly isEstimated: boolean;
}

/** ms; below that a speed says nothing */
const ENOUGH = 50;
/** of the time of the whole answer: what comes within less after its beginning was written before and sent at once */
const BURST = 0.1;

/** How fast it was written: as the gateway saw the provider write it, where its trace is known. */
export function speed({ usage, pieces, firstToken, took }: Answer, trace: RequestTrace | undefined): Speed {
  const counted = trace?.usage?.completion || usage?.completion;
  const tokens = counted || pieces;
  const attempt = trace?.attempts.findLast(({ outcome }) => outcome === 'answered');
  const ms = attempt ? writtenIn(attempt) : between(firstToken, took);
  if (ms === undefined || ms < ENOUGH || tokens < 2) return { tokensPerSecond: undefined, isEstimated: true };
  return {
    tokensPerSecond: ((tokens - 1) / ms) * 1_000,
    isEstimated: !counted || !attempt || trace?.usage?.estimated === true,
  };
}

function writtenIn({ started, firstContent, ended }: AttemptTrace): number | undefined {
  const whole = between(started, ended);
  const shown = between(firstContent, ended);
  if (whole === undefined || shown === undefined) return whole;
  return shown < whole * BURST ? whole : shown;
}

const between = (from: number | undefined, to: number | undefined): number | undefined =>
  from === undefined || to === undefined ? undefined : to - from;

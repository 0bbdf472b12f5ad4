import type { AttemptTrace, RequestTrace } from '../../api/types.ts';
import type { Answer } from './conversation/conversation.ts';

interface Speed {
  readonly tokensPerSecond: number | undefined;
  /** counted by chunks, or by when the browser got them, which may be all at once */
  readonly isEstimated: boolean;
}

/** ms; below that a speed is meaningless */
const ENOUGH = 50;
/** of the time of the whole answer: one that arrives within less was generated before and sent at once */
const BURST = 0.1;

/** How fast it was generated: as the gateway measured it, where its trace is known. */
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

import type { Answer } from './conversation/conversation.ts';

interface Speed {
  readonly tokensPerSecond: number | undefined;
  /** counted by pieces, for the provider does not tell its tokens */
  readonly isEstimated: boolean;
}

/** ms; below that a speed says nothing */
const ENOUGH = 50;

/** How fast it came, from its first token on. */
export function speed({ usage, pieces, firstToken, took }: Answer): Speed {
  const tokens = usage?.completion || pieces;
  const isEstimated = !usage?.completion;
  if (firstToken === undefined || took === undefined || took - firstToken < ENOUGH || tokens < 2)
    return { tokensPerSecond: undefined, isEstimated };
  return { tokensPerSecond: ((tokens - 1) / (took - firstToken)) * 1_000, isEstimated };
}

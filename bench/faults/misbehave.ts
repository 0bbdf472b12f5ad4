import { wait } from '../clock.ts';
import type { Answer, AdaptedCall } from './answer.ts';
import type { Fault } from './scenes.ts';

/** ms until the first content of a slow upstream; within the gateway's deadlines. */
const slow = 400;
/** ms that a refusal takes. */
const refusing = 2;
/** `Retry-After` of a 429, in seconds. */
const pause = 2;

/** What an upstream did to one request instead of answering it; undefined: it answered. */
export type Misdeed = 'refused' | 'left before content' | 'left after content' | undefined;

/** Answers as the fault requires; `since` (ms) it began. A refused connection never comes this far. */
export async function misbehave(
  fault: Fault,
  answer: Answer,
  asked: AdaptedCall,
  since: number,
): Promise<Misdeed> {
  switch (fault) {
    case 'cut':
      return cut(answer, asked);
    case 'stall':
      return begin(answer, asked, asked.number % 4 < 2);
    case '429':
      await wait(refusing);
      answer.refuse(429, { 'retry-after': String(pause) });
      return 'refused';
    case '503':
      return unavailable(answer);
    case 'flip-flop':
      return Math.floor(since / 1_000) % 2 === 0 ? unavailable(answer) : undefined;
    case 'slow':
      await wait(slow);
      return undefined;
    case 'refuse':
      return undefined;
  }
}

/** In valid framing or by a reset, before the first content or after it. */
async function cut(answer: Answer, asked: AdaptedCall): Promise<Misdeed> {
  const misdeed = begin(answer, asked, asked.number % 4 < 2);
  await wait(10);
  if (asked.number % 8 < 4) answer.end();
  else answer.reset();
  return misdeed;
}

/** The number's first bits say where it stops, so that streams (even numbers) and others meet every case. */
function begin(answer: Answer, { stream }: AdaptedCall, isEarly: boolean): Misdeed {
  answer.begin();
  if (!stream || isEarly) return 'left before content';
  answer.delta();
  return 'left after content';
}

async function unavailable(answer: Answer): Promise<Misdeed> {
  await wait(refusing);
  answer.refuse(503);
  return 'refused';
}

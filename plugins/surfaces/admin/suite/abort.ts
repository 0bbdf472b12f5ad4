import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from './exchange.ts';
import { problemIn } from './problem.ts';
import { LONG, STREAM } from './questions.ts';
import { streamSeen } from './stream-seen.ts';
import type { Subject } from './subject.ts';
import { faulty, fine, notMade, type Verdict } from './verdict.ts';

/** ms between two checks whether the provider's side is over */
const CHECK_EVERY = 20;
/**
 * How much later than usual the next answer may begin (a factor, and ms on top). A later one shows that the provider still
 * works for the disconnected client.
 */
const LATER = { times: 3, ms: 1_000 };

/**
 * Does the provider's work end when its client disconnects in mid-stream, and does it answer the next request? The gateway
 * cannot see behind a closed connection: visible is only that the program crashes, or that the next request waits.
 */
export async function abort(subject: Subject): Promise<Verdict> {
  if (!subject.stream) return notMade('there is no stream that could be left');
  const { isLate, verdict } = await left(subject, subject.stream.firstMs);
  // A single late answer may be chance.
  return isLate ? (await left(subject, subject.stream.firstMs)).verdict : verdict;
}

interface Left {
  readonly verdict: Verdict;
  /** The next answer was late. */
  readonly isLate?: boolean;
}

/** @param usual ms until its first token when idle */
async function left(subject: Subject, usual: number): Promise<Left> {
  const seen = await subject.chat(LONG, ({ content }) => content);
  const { id: request } = seen;
  if (seen.left !== 'enough')
    return { verdict: problemIn(subject, seen) ?? notMade('it was done before one could leave') };
  if (!(await ended(seen, subject)))
    return {
      verdict: faulty(`its answer went on for longer than ${subject.options.timeout} ms`, { request }),
    };
  const next = await subject.chat(STREAM);
  const problem = problemIn(subject, next);
  if (problem) {
    const detail = `after a caller has left, the next request fails: ${problem.detail}`;
    return { verdict: { ...problem, detail } };
  }
  const first = streamSeen(next)?.firstMs ?? 0;
  if (first <= usual * LATER.times + LATER.ms)
    return { verdict: fine(`${how(subject, seen)}; the next request is answered`, { request }) };
  const detail = `after a caller has left, the next one waits ${Math.round(first)} ms for its first token, usually ${Math.round(usual)}: it continues after the caller disconnected`;
  return { isLate: true, verdict: faulty(detail, { request: next.id }) };
}

/** The provider's side of the exchange is over. */
async function ended(seen: Exchange, subject: Subject): Promise<boolean> {
  while (seen.inflight > 0 && subject.leftMs > 1 && !subject.signal.aborted) await sleep(CHECK_EVERY);
  return seen.inflight === 0;
}

function how({ upstream }: Subject, { startedMs }: Exchange): string {
  return upstream.provider.quirks.onLeave === 'drain'
    ? `its answer was read to its end, as it declares (drain), ${Math.round(performance.now() - startedMs)} ms in all`
    : 'its connection was closed at the first content';
}

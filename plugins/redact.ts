import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FeaturePlugin } from '../core/contracts/index.ts';
import { addHook, type HookChanges } from '../kits/feature-kit/index.ts';
import { redacting } from './redact/body.ts';
import { findersOf } from './redact/finder.ts';
import { options, type RedactOptions } from './redact/options.ts';
import { Placeholders } from './redact/placeholders.ts';
import { rewriteOf } from './redact/rewrite.ts';

/** ms that a long body may take: it is searched in turns, between those of other requests */
const WITHIN_MS = 60_000;
const NONE: ReadonlyMap<string, string> = new Map();

/**
 * Redacts secrets and personal data in requests, so that no provider gets them, and in the texts of answers. A redacted text
 * has a name in the request, and is restored where the answer contains that name.
 */
export default {
  name: 'redact',
  inEachThread: true,
  after: ['guardrail'],
  options,
  create({ requests, answers, restore, ...what }, host) {
    const finders = findersOf(what);
    if (finders.length === 0 || (!requests && !answers)) return;
    const inAnswers = answers ? finders : [];
    addHook(host, {
      name: 'redact',
      after: ['guardrail'],
      // A request that cannot be redacted is not sent.
      onFailure: 'refuse',
      withinMs: WITHIN_MS,
      request: (asked) => {
        const { isJson, body } = asked;
        const text = isJson && requests ? body.toString() : '';
        const placeholders = new Placeholders(text);
        const changes = (redacted: string): HookChanges => {
          const back = restore ? placeholders.texts : NONE;
          const isNeeded = inAnswers.length > 0 || back.size > 0;
          return {
            ...(redacted !== text && { body: Buffer.from(redacted) }),
            ...(isNeeded && { rewrite: rewriteOf(inAnswers, back) }),
          };
        };
        const work = redacting(text, finders, placeholders);
        const first = work.next();
        return first.done ? changes(first.value) : inTurns(work, asked.signal).then(changes);
      },
    });
  },
} satisfies FeaturePlugin<RedactOptions>;

/** @param signal aborted when nothing waits for the result */
async function inTurns(work: Generator<undefined, string>, signal: AbortSignal): Promise<string> {
  while (!signal.aborted) {
    await nextTurn();
    const { done, value } = work.next();
    if (done) return value;
  }
  throw new Error('it was given up');
}

import { adaptCall, type AdaptedCall } from '../translation/adapt-call.ts';
import { askUncounted, isStillRefused } from '../translation/count-stream.ts';
import { addNote } from '../trace/note.ts';
import { AttemptRunner } from './attempt-runner.ts';
import type { AttemptSpec, AttemptResult } from './attempt-result.ts';

/**
 * One attempt at one target, from the request as that target takes it until the client's side is settled; a second
 * where it only refused to count the tokens of its stream. Rejects with what was thrown before anything was sent.
 */
export function sendAttempt(assignment: AttemptSpec): Promise<AttemptResult> {
  return new Promise((resolve, reject) => {
    const { context, target, gateway } = assignment;
    const start = (asked: AdaptedCall, placed: boolean) => {
      const settle = asked.asksToCount
        ? (sent: AttemptResult) => resolve(sent.uncounted ? uncounted(assignment) : sent)
        : resolve;
      new AttemptRunner(asked, assignment, settle).start(placed);
    };
    const asked = adaptCall(context, target, gateway.formats);
    if (!(asked instanceof Promise)) return start(asked, false);
    // A worker converts its body, and its slot is held meanwhile.
    target.concurrency?.acquire();
    asked
      .then((ready) => start(ready, true))
      .catch((error: unknown) => {
        target.concurrency?.release();
        reject(error as Error);
      });
  });
}

async function uncounted(assignment: AttemptSpec): Promise<AttemptResult> {
  const { context, target } = assignment;
  askUncounted(target);
  addNote(context, {
    remark: `${target.provider.name} does not count a stream: it is asked again without that`,
  });
  // Once the slot of the first is released.
  await Promise.resolve();
  const sent = await sendAttempt(assignment);
  isStillRefused(target, sent.refusal);
  return sent;
}

import { callFor, type Asked } from './call.ts';
import { askUncounted, isStillRefused } from './counting.ts';
import { note } from './note.ts';
import { Sender } from './sender.ts';
import type { Assignment, Sent } from './sent.ts';

/**
 * One attempt at one target, from the request as that target takes it until the client's side is settled; a second
 * where it refused only to count its stream for us. Rejects with what was thrown before anything was sent.
 */
export function send(assignment: Assignment): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const { context, target, house } = assignment;
    const start = (asked: Asked, placed: boolean) => {
      const settle = asked.hidesUsage
        ? (sent: Sent) => resolve(sent.uncounted ? uncounted(assignment) : sent)
        : resolve;
      new Sender(asked, assignment, settle).start(placed);
    };
    const asked = callFor(context, target, house.wires);
    if (!(asked instanceof Promise)) return start(asked, false);
    // Its body is made elsewhere, and its place is kept meanwhile.
    target.room?.take();
    asked
      .then((ready) => start(ready, true))
      .catch((error: unknown) => {
        target.room?.give();
        reject(error as Error);
      });
  });
}

async function uncounted(assignment: Assignment): Promise<Sent> {
  const { context, target } = assignment;
  askUncounted(target);
  note(context, {
    remark: `${target.provider.name} does not count a stream: it is asked again without that`,
  });
  // Once the place of the first is given back.
  await Promise.resolve();
  const sent = await send(assignment);
  isStillRefused(target, sent.refusal);
  return sent;
}

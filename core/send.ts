import { callFor, type Asked } from './call.ts';
import { refusesToCount } from './counting.ts';
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
      const settle = asked.hidesUsage ? (sent: Sent) => resolve(uncounted(sent, assignment)) : resolve;
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

function uncounted(sent: Sent, assignment: Assignment): Sent | Promise<Sent> {
  if (!sent.refusal || !refusesToCount(sent.refusal, assignment.target)) return sent;
  // Once the place of the first is given back.
  return Promise.resolve().then(() => send(assignment));
}

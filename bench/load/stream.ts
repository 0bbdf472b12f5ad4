import { microseconds } from '../clock.ts';
import type { Connection } from './connection.ts';
import { Frames } from './frames.ts';
import type { Tally } from './tally.ts';
import type { StreamsWork } from './work.ts';

/** Requests one stream, checks every frame of it as it comes, and resolves when it is over, however it ends. */
export function follow(
  connection: Connection,
  body: string,
  { chunks, interval, leaveAfter }: StreamsWork,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const frames = new Frames(chunks);
    const asked = microseconds();
    let last = asked;
    let hasStalled = false;
    const giveUp = (): void => {
      leave();
      close('not over in time');
    };
    const leave = (): void => connection.leave();
    signal.addEventListener('abort', giveUp, { once: true });

    connection.post('/v1/chat/completions', body, {
      body(text) {
        const now = microseconds();
        frames.read(text, (delta) => {
          if (delta.number === 1) tally.firstToken(now - asked - (delta.written - delta.asked));
          else tally.gap(now - last);
          tally.delay(now - delta.written);
          hasStalled ||= now - last > 10 * interval * 1e3;
          last = now;
        });
        if (leaveAfter === undefined || frames.received < leaveAfter) return;
        leave();
        over();
      },
      end: close,
    });

    function close(failure?: string): void {
      if (failure !== undefined) tally.fail(failure);
      else if (frames.hasError) tally.fail('an error inside the stream');
      tally.add({ missing: frames.missing, withoutDone: frames.isDone ? 0 : 1 });
      over();
    }

    function over(): void {
      signal.removeEventListener('abort', giveUp);
      tally.add({
        streams: 1,
        chunks: frames.received,
        repeated: frames.repeated,
        outOfOrder: frames.outOfOrder,
        stalled: hasStalled ? 1 : 0,
      });
      resolve();
    }
  });
}

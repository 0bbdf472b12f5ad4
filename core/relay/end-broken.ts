import type { Sink } from '../contracts/index.ts';

/** @param last tells in the answer itself that this was not its end; undefined: it cannot be told there */
export function endBroken(sink: Sink, last: Buffer | undefined): void {
  if (!last) return sink.break();
  sink.write(last);
  sink.end();
}

import type { Context, ErrorBody, Sink } from '../contracts/index.ts';
import { encoderOf, framed } from '../../wire/framing/encoders.ts';

/** @param last tells in the answer itself that this was not its end; undefined: it cannot be told there */
export function endBroken(sink: Sink, last: Buffer | undefined): void {
  if (!last) return sink.break();
  sink.write(last);
  sink.end();
}

/** An error as the end of a caller's stream. @param isFirst nothing of it was written */
export const failureIn = (
  context: Pick<Context, 'call' | 'dialect'>,
  said: ErrorBody,
  status: number,
  isFirst = false,
): Buffer => framed([context.dialect.failure(said, status)], encoderOf(context), isFirst);

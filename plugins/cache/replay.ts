import type { AnswerHeaders, Context, Sink } from '../../core/contracts/index.ts';
import type { Entry } from './entry.ts';

/** Sends a kept answer, a stream as a stream, and says so in the trace. */
export function replay(
  { headers, isStream, body, usage }: Entry,
  ageS: number,
  { id, trace, ticket }: Context,
  sink: Sink,
): void {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  const all: AnswerHeaders = {
    ...headers,
    'x-switchyard-cache': 'hit',
    age: String(ageS),
    'x-switchyard-attempts': 0,
    'x-switchyard-request-id': id,
    'x-request-id': id,
  };
  ticket?.addTo(all);
  const saved = usage ?? { prompt: 0, completion: 0, total: 0 };
  Object.assign(trace, { ending: 'complete', status: 200, bytes: bytes.length, saved });
  if (!isStream) return sink.whole(200, all, bytes);
  sink.head(200, { ...all, 'cache-control': 'no-cache', 'x-accel-buffering': 'no' });
  sink.write(bytes);
  sink.end();
}

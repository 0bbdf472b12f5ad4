import type { Call, Dialect, SseEvent, StreamEncoder } from '../../core/contracts/index.ts';
import { BARE_SSE, SSE } from '../sse/framing.ts';
import { JSON_ARRAY } from './json-array.ts';
import { NDJSON } from './ndjson.ts';

const ALL = [SSE.encoder, BARE_SSE.encoder, NDJSON.encoder, JSON_ARRAY] as readonly StreamEncoder[];

/** As a caller gets its stream. */
export const encoderOf = ({
  call,
  dialect,
}: {
  readonly call: Call;
  readonly dialect: Dialect;
}): StreamEncoder => call.encoder ?? dialect.framing?.encoder ?? SSE.encoder;

/** In a thread, which gets the name only. */
export const encoderNamed = (name: string): StreamEncoder =>
  ALL.find((one) => one.name === name) ?? SSE.encoder;

/** A whole stream of events, or its rest. */
export function framed(events: readonly SseEvent[], { frame, end }: StreamEncoder, isFirst = true): Buffer {
  const text = events.map((event, nth) => frame(event, isFirst && nth === 0)).join('');
  return Buffer.from(text + end(isFirst && events.length === 0));
}

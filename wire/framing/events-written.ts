import type { SseEvent, StreamEncoder } from '../../core/contracts/index.ts';
import { eventsIn } from '../sse/event.ts';
import { JSON_ARRAY } from './json-array.ts';
import { NDJSON } from './ndjson.ts';

/** A piece of a stream as callers get it. */
export interface Piece {
  readonly event?: SseEvent;
  /** bytes that are no event */
  readonly comment?: Buffer;
  /** Behind it stands the end of the stream. */
  readonly isEnd?: boolean;
}

/** The events in bytes that an encoder has written: whole ones, and what stands between them. */
export function* eventsWritten(bytes: Buffer, { name }: StreamEncoder): Generator<Piece> {
  if (name === JSON_ARRAY.name) return yield* elementsIn(bytes.toString());
  const found = name === NDJSON.encoder?.name ? NDJSON.decoder.eventsIn(bytes) : eventsIn(bytes);
  let start = 0;
  for (const { event, end } of found) {
    yield event.data === '' && event.event === '' ? { comment: bytes.subarray(start, end) } : { event };
    start = end;
  }
}

/** Each of these is a JSON object: what ends with a bracket is the end. */
function* elementsIn(text: string): Generator<Piece> {
  const isEnd = text.endsWith(']\n');
  const elements = text.replace(/^(?:\[|,\n)/, '').replace(/\]\n$/, '');
  for (const one of JSON.parse(`[${elements}]`) as unknown[])
    yield { event: { event: '', data: JSON.stringify(one) } };
  if (isEnd) yield { isEnd, comment: Buffer.from(text === '[]\n' ? text : ']\n') };
}

import type { EventBytes, SseEvent, StreamDecoder, StreamEncoder } from '../../core/contracts/index.ts';
import { withFew } from '../body/few-values.ts';
import { SSE } from '../sse/framing.ts';
import { JSON_ARRAY } from './json-array.ts';
import { NDJSON } from './ndjson.ts';
import { eventsOf, LONG } from './tail.ts';

/** A piece of a stream as callers get it. */
export interface Piece {
  readonly event?: SseEvent;
  /** bytes that are no event */
  readonly comment?: Buffer;
  /** Behind it stands the end of the stream. */
  readonly isEnd?: boolean;
}

/**
 * The events in bytes that an encoder has written: whole ones, and what stands between them.
 * @throws Malformed where one has too many values to be written again
 */
export function* eventsWritten(bytes: Buffer, { name }: StreamEncoder): Generator<Piece> {
  if (name === JSON_ARRAY.name) return yield* elementsIn(withFew(bytes).toString());
  const { decoder } = name === NDJSON.encoder?.name ? NDJSON : SSE;
  let start = 0;
  for (const { event, end, whole } of eventsOf(bytes, decoder.eventsIn, longIn(bytes, decoder))) {
    const isNothing = event.data === '' && event.event === '';
    yield isNothing ? { comment: bytes.subarray(start, end) } : { event: whole?.() ?? event };
    start = end;
  }
}

function longIn(bytes: Buffer, { cutter }: StreamDecoder): EventBytes | undefined {
  if (bytes.length <= LONG) return undefined;
  const one = cutter();
  one.push(bytes);
  return one.long;
}

/** Each of these is a JSON object: what ends with a bracket is the end. */
function* elementsIn(text: string): Generator<Piece> {
  const isEnd = text.endsWith(']\n');
  const elements = text.replace(/^(?:\[|,\n)/, '').replace(/\]\n$/, '');
  for (const one of JSON.parse(`[${elements}]`) as unknown[])
    yield { event: { event: '', data: JSON.stringify(one) } };
  if (isEnd) yield { isEnd, comment: Buffer.from(text === '[]\n' ? text : ']\n') };
}

import type { EventBytes, EventCutter, Reader, SseEvent, StreamDecoder } from '../contracts/index.ts';
import { errorBody, GatewayError } from '../errors.ts';
import { framed } from '../../wire/framing/encoders.ts';
import { headersDown } from '../../wire/headers.ts';
import { SSE } from '../../wire/sse/framing.ts';
import { brokenOff, type Delivery, type Reading, type Receiver } from './receiver.ts';
import { namesUsage, withoutNullUsage } from '../../wire/sse/null-usage.ts';

/** What becomes of events once they are known to be good. */
export interface Outlet {
  /** The client sees content as it comes; false: only once all is there. */
  readonly live: boolean;
  /** Bytes pass as they came; undefined: each event is written again. */
  readonly rewrite?: (event: SseEvent) => Buffer | undefined;
  /** called at the end of a whole answer, with the closing event where the upstream left it out */
  readonly finish: (closing: SseEvent | undefined) => void;
  /** The end of a stream that has begun and fails, where the translation says more of it than the dialect. */
  readonly fail?: (error: GatewayError) => Buffer;
}

/**
 * Relays a stream of events. Until the first content everything is held, so that another target can still answer
 * unseen; after it, runs of whole events pass as they came, and only those that may hold an ending are looked into.
 */
export class StreamRelay implements Receiver {
  readonly #reading: Reading;
  readonly #delivery: Delivery;
  readonly #outlet: Outlet;
  readonly #reader: Reader;
  readonly #decoder: StreamDecoder;
  readonly #cutter: EventCutter;
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** of an answer that is put together here before any of it is sent */
  #gathered = 0;
  #content = false;
  #over = false;
  /** Nothing but the end of the body is waited for. */
  #isWinding = false;
  /** Content has followed finish reasons, as at servers that send one with each chunk: none of them is the end. */
  #goesOn = false;
  /** A closing event that proves nothing before the body has ended well. */
  #closing: Buffer | undefined;
  /** `usage: null` stands in its chunks, because it was asked to count for us. */
  #hasNulls = false;

  constructor(reading: Reading, delivery: Delivery, outlet: Outlet) {
    this.#reading = reading;
    this.#delivery = delivery;
    this.#outlet = outlet;
    this.#reader = reading.dialect.reader(reading.call);
    this.#decoder = (reading.dialect.framing ?? SSE).decoder;
    this.#cutter = this.#decoder.cutter();
  }

  get tokens(): number | undefined {
    return this.#reader.tokens;
  }

  data(chunk: Buffer): void {
    if (this.#over || this.#closing) return;
    const run = this.#cutter.push(chunk);
    if (this.#content && this.#cutter.isNoise(chunk, run)) this.#delivery.silence.unheard();
    if (run) this.#take(run);
    if (this.#over) return;
    const { event, answer } = this.#reading.limits;
    if (!this.#outlet.live) this.#gathered += chunk.length;
    if (this.#cutter.pending > event || this.#heldBytes > event) this.tooLong();
    else if (this.#gathered > answer) {
      this.#fail(
        'upstream_too_large',
        `${this.#reading.provider} streamed an answer of more than ${answer} bytes, which this caller wants whole; limits.answer allows no more to be held`,
      );
    }
  }

  tooLong(): void {
    const { provider, limits } = this.#reading;
    this.#fail(
      'upstream_too_large',
      `${provider} sent an event of more than ${limits.event} bytes; limits.event allows no more`,
    );
  }

  /** What came last was nothing of the answer: after its first content that is no sign of life. */
  noise(): void {
    if (this.#content) this.#delivery.silence.unheard();
  }

  end(): void {
    if (this.#over) return;
    const last = this.#closing ? undefined : this.#cutter.last();
    if (last) this.#take(last);
    if (this.#closing) return this.#close(this.#closing);
    if (this.#over) return;
    if (this.#reader.finished) return this.#finish();
    if (this.#content)
      return this.#fail(
        'stream_cut',
        `${this.#reading.provider} ended its answer in the middle: no finish reason and no closing event came`,
      );
    this.#fail('upstream_empty', `${this.#reading.provider} ended its stream before any content`);
  }

  broken(error: Error): void {
    if (this.#over) return;
    if (this.#closing && error instanceof GatewayError) return this.#close(this.#closing);
    // Only the closing event is missing.
    if (this.#hasReasons) return this.#finish();
    if (error instanceof GatewayError) return this.#fail(error.code, error.message);
    this.#fail('stream_cut', brokenOff(this.#reading, error));
  }

  /** A run of whole events; a long one, which comes first, is read by its copy. */
  #take(run: Buffer): void {
    const { long } = this.#cutter;
    if (!long) return this.#read(run);
    this.#read(run.subarray(0, long.end), long);
    const rest = run.subarray(long.end);
    if (rest.length > 0 && !this.#over && !this.#closing) this.#read(rest);
  }

  #read(came: Buffer, long?: EventBytes): void {
    const reader = this.#reader;
    const hides = this.#reading.hidesUsage === true;
    if (hides && !this.#content) this.#hasNulls ||= namesUsage(came);
    const run = this.#hasNulls ? withoutNullUsage(came) : came;
    // Searching a text takes half the time of searching bytes.
    const text = long ? undefined : run.toString('latin1');
    const counts = this.#delivery.countUsage(run, text) && hides;
    const mayPass = this.#content && !counts && !this.#outlet.rewrite && !this.#isWinding;
    if (mayPass && text && reader.quiet(text)) return this.#delivery.write(run);
    let [from, passed, last] = [0, 0, 0];
    let terminal = false;
    const written: Buffer[] = [];
    for (const { event, end, whole } of long ? [{ ...long, end: run.length }] : this.#decoder.eventsIn(run)) {
      const isFurther = reader.finished;
      const sign = event.data === '' ? undefined : reader.read(event);
      if (sign?.error !== undefined) {
        this.#let(this.#outlet.rewrite ? written : [...written, run.subarray(from, passed)]);
        const own = sign.native === true && !this.#outlet.rewrite ? run.subarray(passed, end) : undefined;
        return this.#fail(
          'upstream_error',
          `${this.#reading.provider} answered with an error: ${sign.error}`,
          own,
        );
      }
      if (sign?.content && isFurther) this.#goOn();
      if (sign?.content && !this.#content) this.#firstContent();
      const left = counts && !whole ? sign?.uncounted : undefined;
      const shown = left === undefined ? event : { ...event, data: left };
      const again = left === '' ? undefined : this.#outlet.rewrite?.(whole?.() ?? shown);
      if (again) written.push(again);
      if (left !== undefined && !this.#outlet.rewrite) {
        written.push(run.subarray(from, passed));
        if (left !== '') written.push(Buffer.from(this.#reading.encoder.frame(shown, false)));
        from = end;
      }
      [last, passed] = [passed, end];
      if (sign?.terminal) {
        terminal = true;
        break;
      }
    }
    if (terminal && this.#content && reader.unreasoned === true)
      return this.#unproven(run.subarray(from, passed), written, last - from);
    if (terminal && !this.#content && !reader.explained) {
      return this.#fail('upstream_empty', `${this.#reading.provider} closed its stream without any content`);
    }
    if (terminal && !this.#content) this.#firstContent();
    if (!this.#outlet.rewrite) written.push(passed - from === run.length ? run : run.subarray(from, passed));
    this.#let(written);
    if (terminal) return this.#ended(undefined);
    if (this.#isWinding || !this.#hasReasons || !(this.#content || reader.explained)) return;
    this.#delivery.silence.winding((this.#isWinding = true));
  }

  /** Every choice has its finish reason, and no content has followed one. */
  get #hasReasons(): boolean {
    return this.#reader.finished && this.#reading.dialect.strict === true && !this.#goesOn;
  }

  #goOn(): void {
    this.#goesOn = true;
    if (this.#isWinding) this.#delivery.silence.winding((this.#isWinding = false));
  }

  /** `[DONE]`, and no reason for any answer: a server that is interrupted writes it, too. The end of the body decides. */
  #unproven(last: Buffer, written: Buffer[], start: number): void {
    if (!this.#outlet.rewrite) written.push(last.subarray(0, start), last.subarray(start));
    this.#closing = written.pop() ?? Buffer.alloc(0);
    this.#let(written);
    this.#delivery.silence.winding(true);
  }

  #close(closing: Buffer): void {
    this.#let([closing]);
    this.#ended(undefined);
  }

  #ended(closing: SseEvent | undefined): void {
    this.#over = true;
    this.#outlet.finish(closing);
  }

  #firstContent(): void {
    this.#content = true;
    this.#delivery.firstContent();
    if (!this.#outlet.live) return;
    const headers = headersDown(this.#reading.headers);
    headers['content-type'] = this.#reading.encoder.contentType;
    headers['cache-control'] ??= 'no-cache';
    this.#delivery.open(headers, true);
  }

  /** Passes on what is good, behind whatever was held before it. */
  #let(bytes: readonly Buffer[]): void {
    if (this.#content && this.#outlet.live) {
      const all =
        this.#held.length === 0 && bytes.length === 1
          ? (bytes[0] as Buffer)
          : Buffer.concat([...this.#held, ...bytes]);
      this.#held = [];
      this.#heldBytes = 0;
      this.#delivery.write(all);
    } else if (this.#outlet.live) {
      for (const part of bytes) {
        this.#held.push(part);
        this.#heldBytes += part.length;
      }
    }
  }

  #finish(): void {
    if (!this.#content && !this.#reader.explained) {
      return this.#fail(
        'upstream_empty',
        `${this.#reading.provider} finished its answer without any content`,
      );
    }
    if (!this.#content) this.#firstContent();
    this.#let([]);
    this.#ended(this.#reading.dialect.closing);
  }

  #fail(code: GatewayError['code'], message: string, own?: Buffer): void {
    this.#over = true;
    const error = new GatewayError(code, message);
    this.#delivery.fail(error, this.#content ? this.#lastWords(error, own) : own);
  }

  #lastWords(error: GatewayError, own: Buffer | undefined): Buffer | undefined {
    if (this.#outlet.rewrite) return own ?? this.#outlet.fail?.(error);
    const said = this.#reader.fail?.(errorBody(error), error.statusCode, own !== undefined);
    return said ? Buffer.concat([...(own ? [own] : []), framed(said, this.#reading.encoder)]) : own;
  }
}

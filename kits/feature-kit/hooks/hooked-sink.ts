import type {
  AnswerHeaders,
  Context,
  Dialect,
  Sink,
  SseEvent,
  StreamEncoder,
} from '../../../core/contracts/index.ts';
import { errorBody, GatewayError } from '../../../core/errors.ts';
import { isRefusal } from '../../../core/failures/status-meaning.ts';
import { failureIn } from '../../../core/relay/end-broken.ts';
import { encoderOf } from '../../../wire/framing/encoders.ts';
import { eventsWritten } from '../../../wire/framing/events-written.ts';
import { withFew } from '../../../wire/body/few-values.ts';
import { tryExactJson } from '../../../wire/json.ts';
import { Malformed } from '../../../wire/malformed.ts';
import { PassingSink } from './passing-sink.ts';
import { RewrittenEvents, type Sent } from './rewritten-events.ts';
import type { Rewriting } from './rewriting.ts';

type Texts = NonNullable<Dialect['texts']>;

/** Stands before the sink of a request whose answer hooks rewrite: it gets whole events in the caller's own API. */
export class HookedSink extends PassingSink {
  readonly #context: Context;
  readonly #rewriting: Rewriting;
  readonly #texts: Texts;
  readonly #encoder: StreamEncoder;
  #events: RewrittenEvents | undefined;
  #isFirst = true;
  /** It was ended by a hook. */
  #isOver = false;

  constructor(sink: Sink, context: Context, rewriting: Rewriting, texts: Texts) {
    super(sink);
    this.#context = context;
    this.#rewriting = rewriting;
    this.#texts = texts;
    this.#encoder = encoderOf(context);
  }

  /** @throws GatewayError why the answer is refused; nothing of it was sent */
  override whole(status: number, headers: AnswerHeaders, body: Buffer): void {
    // What is refused has no text of a model.
    if (isRefusal(status)) return super.whole(status, headers, body);
    if (this.#isStream(headers)) {
      this.#events = new RewrittenEvents(this.#rewriting, this.#texts);
      return super.whole(status, headers, this.#rewritten(body, true));
    }
    const said = this.#read(body);
    if (typeof said !== 'object' || said === null) return super.whole(status, headers, body);
    let isChanged = false;
    for (const { owner, name, isJson = false } of this.#texts(said, false) ?? []) {
      const text = this.#rewriting.whole(owner[name] as string, isJson);
      isChanged ||= text !== owner[name];
      owner[name] = text;
    }
    super.whole(status, headers, isChanged ? Buffer.from(JSON.stringify(said)) : body);
  }

  override head(status: number, headers: AnswerHeaders): void {
    if (this.#isStream(headers)) this.#events = new RewrittenEvents(this.#rewriting, this.#texts);
    else this.#rewriting.impossible('the answer is too long to be held and rewritten');
    super.head(status, headers);
  }

  override write(bytes: Buffer): boolean {
    if (this.#isOver) return true;
    if (!this.#events) return super.write(bytes);
    try {
      return super.write(this.#rewritten(bytes, false));
    } catch (error) {
      this.#endBy(GatewayError.from(error));
      return true;
    }
  }

  override end(): void {
    if (this.#isOver) return;
    try {
      const rest = this.#events?.end() ?? [];
      if (rest.length > 0) super.write(this.#bytes(rest));
      super.end();
    } catch (error) {
      this.#endBy(GatewayError.from(error));
    }
  }

  /** Some of it was sent: the client is told in the stream, and the upstream's work ends. */
  #endBy(error: GatewayError): void {
    this.#isOver = true;
    super.write(failureIn(this.#context, errorBody(error), error.statusCode, this.#isFirst));
    super.end();
    this.#context.disconnect.end(error);
  }

  #isStream({ 'content-type': type }: AnswerHeaders): boolean {
    // Gemini's callers may have asked for a stream that is a JSON array.
    return String(type) === this.#encoder.contentType && (this.#context.call.stream || !isJson(type));
  }

  #rewritten(bytes: Buffer, isWhole: boolean): Buffer {
    const events = this.#events as RewrittenEvents;
    const parts: Buffer[] = [];
    try {
      for (const { event, comment, isEnd } of eventsWritten(bytes, this.#encoder)) {
        if (event) parts.push(this.#bytes(events.push(event)));
        if (isEnd) parts.push(this.#bytes(events.end()));
        if (comment) parts.push(comment);
      }
    } catch (error) {
      this.#impossible(error);
      // Only the first of these events may be that long.
      parts.push(this.#bytes(events.end()), bytes);
    }
    if (isWhole) parts.push(this.#bytes(events.end()));
    return Buffer.concat(parts);
  }

  /** @returns undefined where it is no JSON, or too much of it */
  #read(body: Buffer): unknown {
    try {
      return tryExactJson(withFew(body).toString());
    } catch (error) {
      this.#impossible(error);
      return undefined;
    }
  }

  /** @throws GatewayError `hook_failed` where a hook wants that */
  #impossible(error: unknown): void {
    if (!(error instanceof Malformed)) throw error;
    this.#rewriting.impossible(`the answer has ${error.message}`);
  }

  #bytes(sent: readonly Sent[]): Buffer {
    let text = '';
    for (const { event } of sent) text += this.#frame(event);
    return Buffer.from(text);
  }

  #frame(event: SseEvent): string {
    const text = this.#encoder.frame(event, this.#isFirst);
    this.#isFirst = false;
    return text;
  }
}

const isJson = (type: unknown): boolean => String(type).startsWith('application/json');

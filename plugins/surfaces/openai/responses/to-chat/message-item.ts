import { append } from '../../../../../kits/dialect-kit/append.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../../kits/dialect-kit/json.ts';
import type { ItemWriter, Place } from './item-writer.ts';

type Kind = 'output_text' | 'refusal';
const TEXTS = { output_text: 'text', refusal: 'refusal' } as const;

/** A message, as it is written: one part, of text or of a refusal. */
export class MessageItem {
  readonly #writer: ItemWriter;
  readonly #place: Place;
  readonly #parts: Json[] = [];
  #kind: Kind | undefined;
  #text = '';
  #logprobs: Json[] = [];
  #annotations: Json[] = [];

  constructor(writer: ItemWriter) {
    this.#writer = writer;
    this.#place = writer.place('msg');
    writer.added(this.#place, this.#item('in_progress'));
  }

  speak(kind: Kind, delta: string, logprobs: readonly Json[] = []): void {
    this.#open(kind);
    this.#text += delta;
    append(this.#logprobs, logprobs);
    const spoken = kind === 'output_text' ? { delta, logprobs: logprobs.map(streamed) } : { delta };
    this.#writer.write(`response.${kind}.delta`, { ...this.#at(), ...spoken });
  }

  annotate(given: unknown): void {
    for (const annotation of objectsOf(given).flatMap(citation)) {
      this.#open('output_text');
      const annotation_index = this.#annotations.push(annotation) - 1;
      this.#writer.write('response.output_text.annotation.added', {
        ...this.#at(),
        annotation_index,
        annotation,
      });
    }
  }

  end(status: string): void {
    if (this.#kind === undefined && this.#parts.length === 0) this.#open('output_text');
    this.#closePart();
    this.#writer.done(this.#place, this.#item(status));
  }

  #open(kind: Kind): void {
    if (this.#kind === kind) return;
    this.#closePart();
    this.#kind = kind;
    [this.#text, this.#logprobs, this.#annotations] = ['', [], []];
    this.#writer.write('response.content_part.added', { ...this.#at(), part: this.#part() });
  }

  #closePart(): void {
    if (this.#kind === undefined) return;
    const part = this.#part();
    const text = { [TEXTS[this.#kind]]: this.#text };
    const logprobs = this.#kind === 'output_text' ? { logprobs: this.#logprobs.map(streamed) } : {};
    this.#writer.write(`response.${this.#kind}.done`, { ...this.#at(), ...text, ...logprobs });
    this.#writer.write('response.content_part.done', { ...this.#at(), part });
    this.#parts.push(part);
    this.#kind = undefined;
  }

  #at(): Json {
    const { output_index, item_id } = this.#place;
    return { item_id, output_index, content_index: this.#parts.length };
  }

  #part(): Json {
    return this.#kind === 'refusal'
      ? { type: 'refusal', refusal: this.#text }
      : {
          type: 'output_text',
          annotations: [...this.#annotations],
          logprobs: [...this.#logprobs],
          text: this.#text,
        };
  }

  #item(status: string): Json {
    return {
      id: this.#place.item_id,
      type: 'message',
      status,
      role: 'assistant',
      content: [...this.#parts],
    };
  }
}

/** An event has no bytes of a token. */
const streamed = ({ token, logprob, top_logprobs: top }: Json): Json => ({
  token,
  logprob,
  top_logprobs: objectsOf(top).map((one) => ({ token: one.token, logprob: one.logprob })),
});

/** A chat's `logprobs.content`, token by token. */
export const logprobsOf = (logprobs: unknown): Json[] =>
  objectsOf(isObject(logprobs) ? logprobs.content : undefined).map(
    ({ token, logprob, bytes, top_logprobs }) => ({
      token,
      logprob,
      bytes: bytesOf(bytes, token),
      top_logprobs: objectsOf(top_logprobs).map((one) => ({ ...one, bytes: bytesOf(one.bytes, one.token) })),
    }),
  );

const bytesOf = (bytes: unknown, token: unknown): unknown =>
  Array.isArray(bytes) ? bytes : [...Buffer.from(stringOf(token))];

/** A citation; in chat it stands one level deeper. */
function citation({ type, url_citation: cited }: Json): Json[] {
  if (type !== 'url_citation' || !isObject(cited)) return [];
  const { start_index = 0, end_index = 0, url, title } = cited;
  return [{ type, start_index, end_index, url, title: stringOf(title) }];
}

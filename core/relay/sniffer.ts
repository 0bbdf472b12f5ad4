import { GatewayError } from '../errors.ts';
import type { Delivery, Receiver } from './receiver.ts';

/** More white space before anything else is not read. */
const BLANK = 64 * 1024;
/** How a line of an event stream may begin (WHATWG HTML §9.2.5). */
const FIELDS = [':', 'data:', 'event:', 'id:', 'retry:'];
const LONGEST = 6;
/** The byte order mark that some texts begin with: JSON's readers know none, nor do many of event streams. */
const MARK = Buffer.from('\uFEFF');
const NOTHING = Buffer.alloc(0);
const BRACE = 0x7b;

export interface Choice {
  /** a server-sent event stream is announced */
  readonly announced: boolean;
  stream(): Receiver;
  whole(): Receiver;
}

/** Decides by the first bytes whether an answer is a stream of events or JSON, as content types are often wrong. */
export class Sniffer implements Receiver {
  readonly #choice: Choice;
  readonly #provider: string;
  readonly #delivery: Delivery;
  #chosen: Receiver | undefined;
  #held: Buffer[] = [];
  #length = 0;
  /** the first characters that are no white space */
  #begin = '';
  /** the first bytes, as long as they may be the mark; undefined: it is behind us */
  #mark: Buffer | undefined = NOTHING;

  constructor(choice: Choice, provider: string, delivery: Delivery) {
    this.#choice = choice;
    this.#provider = provider;
    this.#delivery = delivery;
  }

  get tokens(): number | undefined {
    return this.#chosen?.tokens;
  }

  data(piece: Buffer): void {
    if (this.#chosen) return this.#chosen.data(piece);
    // Nearly every JSON answer, in its first piece.
    if (piece[0] === BRACE && this.#mark === NOTHING && this.#length === 0)
      return (this.#chosen = this.#choice.whole()).data(piece);
    const chunk = this.#unmarked(piece);
    this.#sniff(chunk);
    if (this.#isStream() !== undefined) return this.#decided().data(this.#taken(chunk));
    this.#held.push(chunk);
    this.#length += chunk.length;
    if (this.#length > BLANK) this.#tooBlank();
  }

  end(): void {
    if (!this.#chosen) this.#decided().data(this.#taken(this.#mark));
    this.#decided().end();
  }

  broken(error: Error): void {
    this.#decided().broken(error);
  }

  #unmarked(piece: Buffer): Buffer {
    if (this.#mark === undefined) return piece;
    const first = this.#mark.length === 0 ? piece : Buffer.concat([this.#mark, piece]);
    const isOpen = first.length < MARK.length && MARK.subarray(0, first.length).equals(first);
    this.#mark = isOpen ? first : undefined;
    if (isOpen) return NOTHING;
    return MARK.equals(first.subarray(0, MARK.length)) ? first.subarray(MARK.length) : first;
  }

  #sniff(chunk: Buffer): void {
    let at = 0;
    if (this.#begin === '') while (isBlank(chunk[at])) at++;
    if (at < chunk.length) this.#begin += chunk.toString('latin1', at, at + LONGEST);
  }

  /** undefined: more must come to tell */
  #isStream(): boolean | undefined {
    const begin = this.#begin;
    if (begin === '') return undefined;
    if (begin.startsWith('{') || begin.startsWith('[')) return false;
    if (this.#choice.announced || FIELDS.some((field) => begin.startsWith(field))) return true;
    return FIELDS.some((field) => field.startsWith(begin)) ? undefined : false;
  }

  #decided(): Receiver {
    const choice = this.#choice;
    return (this.#chosen ??= (this.#isStream() ?? choice.announced) ? choice.stream() : choice.whole());
  }

  #taken(last?: Buffer): Buffer {
    const held = this.#held;
    this.#held = [];
    if (last && held.length === 0) return last;
    return Buffer.concat(last ? [...held, last] : held);
  }

  #tooBlank(): void {
    this.#held = [];
    this.#delivery.fail(
      new GatewayError(
        'upstream_too_large',
        `${this.#provider} sent more than ${BLANK} bytes of white space where its answer should begin`,
      ),
    );
  }
}

/** White space of JSON, and of line ends. */
function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

import type { AnswerHeaders, Sink } from '../../core/contracts/index.ts';
import { PassingSink } from '../../kits/feature-kit/index.ts';
import { keptHeaders, type Entry } from './entry.ts';

/** Records an answer as it passes. */
export class RecordingSink extends PassingSink {
  readonly #largest: number;
  #headers: Record<string, string> | undefined;
  #isStream = false;
  #pieces: Buffer[] | undefined = [];
  #length = 0;
  #isWhole = false;

  constructor(sink: Sink, largest: number) {
    super(sink);
    this.#largest = largest;
  }

  /** undefined: it was no good answer, or too long */
  entry(atEpochMs: number): Entry | undefined {
    if (!this.#isWhole || !this.#pieces || !this.#headers) return undefined;
    const body = Buffer.concat(this.#pieces);
    return { atEpochMs, headers: this.#headers, isStream: this.#isStream, body };
  }

  override whole(status: number, headers: AnswerHeaders, body: Buffer): void {
    this.#begin(status, headers, false);
    this.#add(body);
    this.#isWhole = true;
    super.whole(status, headers, body);
  }

  override head(status: number, headers: AnswerHeaders): void {
    this.#begin(status, headers, true);
    super.head(status, headers);
  }

  override write(bytes: Buffer): boolean {
    this.#add(bytes);
    return super.write(bytes);
  }

  override end(): void {
    this.#isWhole = true;
    super.end();
  }

  override break(): void {
    this.#pieces = undefined;
    super.break();
  }

  #begin(status: number, headers: AnswerHeaders, isStream: boolean): void {
    if (status !== 200) this.#pieces = undefined;
    this.#isStream = isStream;
    this.#headers = keptHeaders(headers);
    headers['x-switchyard-cache'] = 'miss';
  }

  #add(bytes: Buffer): void {
    this.#length += bytes.length;
    if (this.#length > this.#largest) this.#pieces = undefined;
    // The bytes may stand in a buffer that is used again.
    else this.#pieces?.push(Buffer.from(bytes));
  }
}

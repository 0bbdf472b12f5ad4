import type { Normaliser, Verdict } from '../contracts.ts';
import { members, valueAt } from '../body/members.ts';
import { GatewayError } from '../errors.ts';
import { headersDown } from '../headers.ts';
import type { Delivery, Reading, Receiver } from './delivery.ts';

/** Up to here an answer is parsed to be judged; a longer one cannot be empty, and is only walked over. */
const PARSED = 64 * 1024;
const ERROR = new Set(['error']);

/** What is made of a whole JSON answer; undefined: its bytes pass as they came. */
export type Remake = (answer: unknown) => { readonly body: Buffer; readonly contentType: string };

/** Relays a JSON answer: held until it is all there and judged, so that a bad one is another target's chance. */
export class WholeRelay implements Receiver {
  readonly #reading: Reading;
  readonly #delivery: Delivery;
  readonly #remake: Remake | undefined;
  readonly #normaliser: Normaliser | undefined;
  readonly #status: number;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(
    reading: Reading,
    delivery: Delivery,
    status: number,
    { remake, normaliser }: { remake?: Remake | undefined; normaliser?: Normaliser | undefined } = {},
  ) {
    this.#reading = reading;
    this.#delivery = delivery;
    this.#status = status;
    this.#normaliser = normaliser;
    this.#remake = remake;
  }

  data(chunk: Buffer): void {
    if (this.#delivery.committed) return this.#delivery.write(chunk);
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length > this.#reading.limits.answer) this.#tooLong();
  }

  end(): void {
    if (this.#delivery.committed) return this.#delivery.complete();
    const body = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    const { who } = this.#reading;
    const answer = this.#read(body);
    if (answer === undefined) {
      const what = body.length === 0 ? 'an empty body' : `something that is no JSON: ${excerpt(body)}`;
      return this.#fail(
        body.length === 0 ? 'upstream_empty' : 'upstream_malformed',
        `${who} answered ${this.#status} with ${what}`,
      );
    }
    const verdict = answer.verdict;
    if (verdict.kind === 'error')
      return this.#fail(
        'upstream_error',
        `${who} answered ${this.#status} with an error: ${verdict.message}`,
      );
    if (verdict.kind === 'empty') return this.#fail('upstream_empty', `${who} answered without any content`);
    this.#delivery.firstContent();
    const headers = plain(this.#reading);
    if (!this.#remake) return this.#delivery.whole(this.#status, headers, body);
    const made = this.#remake(answer.value ?? JSON.parse(body.toString()));
    this.#delivery.whole(200, { ...headers, 'content-type': made.contentType }, made.body);
  }

  broken(error: Error): void {
    if (error instanceof GatewayError) return this.#delivery.fail(error, 'stalled');
    this.#fail(
      'stream_cut',
      `${this.#reading.who} broke the connection in the middle of its answer (${error.message})`,
      'cut',
    );
  }

  #read(body: Buffer): { verdict: Verdict; value?: unknown } | undefined {
    const {
      dialect,
      headers: { 'content-length': length },
    } = this.#reading;
    // Its length was announced and came, so it is whole: a look at its bytes may do.
    if (length !== undefined && !this.#remake && dialect.plain?.(body))
      return { verdict: { kind: 'content' } };
    if (body.length <= PARSED || this.#normaliser) {
      const parsed = parse(body);
      if (parsed === undefined) return undefined;
      const value = this.#normaliser ? this.#normaliser.answer(parsed) : parsed;
      return { verdict: dialect.judge(value), value };
    }
    const found = members(body, ERROR);
    if (!found) return undefined;
    if (!valueAt(body, found.spans.get('error'))) return { verdict: { kind: 'content' } };
    const value: unknown = JSON.parse(body.toString());
    return { verdict: dialect.judge(value), value };
  }

  /** Longer than may be held: as it cannot be empty, it goes through; what must be remade cannot. */
  #tooLong(): void {
    if (this.#remake) {
      const { who, limits } = this.#reading;
      return this.#fail(
        'upstream_too_large',
        `${who} sent an answer of more than ${limits.answer} bytes; limits.answer allows no more to be held`,
      );
    }
    this.#delivery.firstContent();
    this.#delivery.open(plain(this.#reading));
    for (const chunk of this.#chunks) this.#delivery.write(chunk);
    this.#chunks = [];
  }

  #fail(code: GatewayError['code'], message: string, ending: 'error' | 'cut' = 'error'): void {
    this.#delivery.fail(new GatewayError(code, message), ending);
  }
}

/** @returns undefined where the bytes are no JSON */
function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

export function plain({ headers }: Reading): Record<string, string | string[]> {
  const down = headersDown(headers);
  delete down['content-encoding'];
  return down;
}

export function excerpt(body: Buffer): string {
  const text = body.toString('utf8', 0, 200).replace(/\s+/g, ' ').trim();
  return JSON.stringify(text.length < 160 && body.length <= 200 ? text : `${text.slice(0, 160)}…`);
}

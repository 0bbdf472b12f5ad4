import type { Converted, Verdict } from '../contracts/index.ts';
import { GatewayError } from '../errors.ts';
import { textBytes, tokensOf } from '../../wire/estimate-tokens.ts';
import { headersDown } from '../../wire/headers.ts';
import { tryJson } from '../../wire/json.ts';
import { brokenOff, type Delivery, type Reading, type Receiver } from './receiver.ts';
import { GatheredJson, PARSED } from '../../wire/body/gathered-json.ts';

/** Values of an answer that is converted: 32 MiB of embeddings have fewer. */
const MOST_CONVERTED = 4_000_000;
const JSON_TYPE = 'application/json; charset=utf-8';

/** What is made of a whole JSON answer, at once or elsewhere; undefined: it is not JSON. */
export type Remake = (body: Buffer) => Converted | undefined | Promise<Converted | undefined>;

/** Relays a JSON answer: held until it is all there and judged, so that a bad one is another target's chance. */
export class WholeRelay implements Receiver {
  readonly #reading: Reading;
  readonly #delivery: Delivery;
  readonly #remake: Remake | undefined;
  readonly #status: number;
  readonly #body: GatheredJson;
  #whole: Buffer | undefined;

  /** @param remake absent: its bytes pass as they came */
  constructor(reading: Reading, delivery: Delivery, status: number, remake?: Remake) {
    this.#reading = reading;
    this.#delivery = delivery;
    this.#status = status;
    this.#remake = remake;
    this.#body = new GatheredJson(reading.headers['content-length'], remake && MOST_CONVERTED);
  }

  get tokens(): number | undefined {
    return this.#whole && tokensIn(this.#whole);
  }

  data(chunk: Buffer): void {
    if (this.#delivery.committed) {
      this.#delivery.countUsage(chunk);
      return this.#delivery.write(chunk);
    }
    this.#body.add(chunk);
    if (this.#body.length > this.#reading.limits.answer) this.#tooLong();
  }

  end(): void {
    if (this.#delivery.committed) return this.#delivery.complete();
    const verdict = this.#remake ? undefined : this.#verdict();
    const body = (this.#whole = this.#body.bytes());
    if (!this.#remake) {
      if (this.#isGood(body, verdict)) this.#delivery.whole(this.#status, this.#headers(), body);
      return;
    }
    const remade = this.#remake(body);
    if (!(remade instanceof Promise)) return this.#remade(body, remade);
    remade.then((made) => this.#remade(body, made)).catch((error: unknown) => this.#delivery.thrown(error));
  }

  #remade(body: Buffer, made: Converted | undefined): void {
    if (!this.#isGood(body, made?.verdict) || !made) return;
    const headers = plain(this.#reading);
    headers['content-type'] = made.contentType;
    this.#delivery.whole(200, headers, made.body);
  }

  /** A body that is no answer is a failure, which another target may mend. */
  #isGood(body: Buffer, verdict: Verdict | undefined): boolean {
    const { provider } = this.#reading;
    if (verdict === undefined && body.length === 0)
      this.#fail('upstream_empty', `${provider} answered ${this.#status} with an empty body`);
    else if (verdict === undefined)
      this.#fail(
        'upstream_malformed',
        `${provider} answered ${this.#status} with something that is not JSON: ${excerpt(body)}`,
      );
    else if (verdict.kind === 'error')
      this.#fail('upstream_error', `${provider} answered ${this.#status} with an error: ${verdict.message}`);
    else if (verdict.kind === 'empty' && !this.#isAsked(verdict))
      this.#fail('upstream_empty', `${provider} answered without any content`);
    else {
      this.#delivery.firstContent();
      return true;
    }
    return false;
  }

  /** It met a stop sequence of the caller's before anything else. */
  #isAsked({ ended = false }: { readonly ended?: boolean }): boolean {
    const { dialect, call } = this.#reading;
    return ended && dialect.stopsEarly?.(call) === true;
  }

  broken(error: Error): void {
    if (error instanceof GatewayError) return this.#delivery.fail(error);
    this.#fail('stream_cut', brokenOff(this.#reading, error));
  }

  /** @returns undefined where it is not JSON */
  #verdict(): Verdict | undefined {
    const { dialect, headers } = this.#reading;
    // Its length was announced and came, so it is whole: a look at its bytes may do.
    const isWhole = headers['content-length'] !== undefined;
    if (isWhole && dialect.plain?.(this.#body.soFar())) return { kind: 'content' };
    const said = this.#body.read();
    if (said === undefined) return undefined;
    // A long one cannot be empty.
    const isLong = this.#body.length > PARSED && !(said as { readonly error?: unknown } | null)?.error;
    return isLong ? { kind: 'content' } : dialect.judge(said);
  }

  /** Longer than may be held: as it cannot be empty, it goes through; what must be remade cannot. */
  #tooLong(): void {
    if (this.#remake) {
      const { provider, limits } = this.#reading;
      return this.#fail(
        'upstream_too_large',
        `${provider} sent an answer of more than ${limits.answer} bytes; limits.answer allows no more to be held`,
      );
    }
    this.#delivery.firstContent();
    this.#delivery.open(this.#headers(), false);
    for (const piece of this.#body.take()) this.#delivery.write(piece);
  }

  /** What was read as JSON is called so: clients go by the label. */
  #headers(): Record<string, string | string[]> {
    const headers = plain(this.#reading);
    if (!String(headers['content-type']).toLowerCase().includes('json')) headers['content-type'] = JSON_TYPE;
    return headers;
  }

  #fail(code: GatewayError['code'], message: string): void {
    if (this.#whole) this.#delivery.countUsage(this.#whole);
    this.#delivery.fail(new GatewayError(code, message));
  }
}

function tokensIn(body: Buffer): number {
  if (body.length > PARSED) return tokensOf(body.length);
  try {
    return tokensOf(textBytes(tryJson(body.toString())));
  } catch {
    return tokensOf(body.length);
  }
}

export function plain({ headers }: Reading): Record<string, string | string[]> {
  return headersDown(headers);
}

export function excerpt(body: Buffer): string {
  const text = body.toString('utf8', 0, 200).replace(/\s+/g, ' ').trim();
  return JSON.stringify(text.length < 160 && body.length <= 200 ? text : `${text.slice(0, 160)}…`);
}
